"""Files: upload, attach, look at, download."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.files.schemas import FileAnswer, ScanInput, UploadInput, UseInput
from api.operation import Call, Resource
from cases.attach_file import attach_file
from cases.queries.files import uses_of, visible_uploads
from errors import NotFound
from files.models import SUBJECTS, Upload
from files.read_file import Download, read_file
from files.upload_file import upload_file

resource = Resource("files", "文件")

WORKING = ("task.work", "project.write")


@resource.operation(
    "POST", "/files", FileAnswer, status=201, permission=WORKING, body=UploadInput, upload=True, refusals=(404,)
)
def upload(call: Call) -> dict[str, Any]:
    """上传文件

    一次一个，最大 200 MB；只收 PDF、OFD、图片、Word、Excel、DWG 和 ZIP，按内容认定，
    不收程序、脚本和宏。答复即已可靠保存。可同时写明用在何处。
    """
    return _keep(call)


@resource.operation(
    "POST",
    "/files/scans",
    FileAnswer,
    status=201,
    permission=WORKING,
    body=ScanInput,
    upload=True,
    scan=True,
    refusals=(404,),
)
def upload_scan(call: Call) -> dict[str, Any]:
    """上传扫描件

    多张图片（JPEG、PNG、TIFF）按先后合并为一份 PDF，画质不变，此后与上传的文件相同。
    一次最多 100 张、共 100 MB，合并后最多 300 页；单页不超过 1 亿像素。
    """
    return _keep(call)


@resource.operation("GET", "/files/<uuid:file_id>", FileAnswer, permission="stage_case.read")
def read_file_details(call: Call, file_id: UUID) -> dict[str, Any]:
    """查看文件信息

    自己上传的，以及用在您能看到的项目、阶段办理和办件上的。
    """
    return _show(call, file_id)


@resource.operation("POST", "/files/<uuid:file_id>/uses", FileAnswer, status=201, permission=WORKING, body=UseInput)
def use_file(call: Call, file_id: UUID) -> dict[str, Any]:
    """用于另一处

    同一文件可用于多个项目、阶段办理和办件，不必重复上传。重复附上没有效果。
    """
    _attach(call, file_id, call.body)
    return _show(call, file_id)


@resource.operation("GET", "/files/<uuid:file_id>/content", None, permission="stage_case.read", download=True)
def download_file(call: Call, file_id: UUID) -> Download:
    """下载文件

    下载人和时间记入审计。
    """
    row = _find(call, file_id)
    return read_file(call.session, call.actor, row.Upload, row.StoredFile, row.Upload.name, now=call.now())


def _keep(call: Call) -> dict[str, Any]:
    made = upload_file(call.session, call.actor, call.file, now=call.now())
    _attach(call, made.id, call.body)
    return _show(call, made.id)


def _attach(call: Call, file_id: UUID, use: dict[str, Any]) -> None:
    for subject in SUBJECTS:
        if subject in use:
            attach_file(
                call.session,
                call.actor,
                file_id,
                subject=subject,
                subject_id=use[subject],
                purpose=use["purpose"],
                label=use["label"],
                now=call.now(),
            )


def _find(call: Call, file_id: UUID) -> Row[Any]:
    row = call.session.execute(visible_uploads(call.actor).where(Upload.id == file_id)).one_or_none()
    if row is None:
        raise NotFound("file_not_found", "没有这个文件，或它不在您的范围内。")
    return row


def _show(call: Call, file_id: UUID) -> dict[str, Any]:
    row = _find(call, file_id)
    names = ("id", "name", "sha256", "uploaded_by", "uploaded_at")
    content = ("size", "media_type", "scan_state", "scan_detail")
    return {
        **{name: getattr(row.Upload, name) for name in names},
        **{name: getattr(row.StoredFile, name) for name in content},
        "uploaded_by_name": row.uploaded_by_name,
        "uses": call.session.scalars(uses_of(call.actor, file_id)).all(),
    }
