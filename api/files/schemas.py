"""What clients send to and get of files."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from api.fields import Attachment, Choice, Identifier, Input, Listed, Moment, Output, Part, Text, shown
from files.models import SUBJECTS
from files.policy import MOST_IMAGES

PURPOSES = ("material", "result", "evidence", "minutes", "pledge", "other")
PURPOSE_MEANING = (
    "用途：material 申报材料，result 结果文件，evidence 依据，minutes 会议纪要，pledge 承诺书，other 其他。"
)


class UseInput(Input):
    """What a file is to serve: exactly one thing."""

    project_id = Identifier(metadata={"description": "项目。"})
    stage_case_id = Identifier(metadata={"description": "阶段办理。"})
    item_case_id = Identifier(metadata={"description": "办件。"})
    purpose = Choice(*PURPOSES, load_default="other", metadata={"description": PURPOSE_MEANING})
    label = Text(longest=100, shortest=0, load_default="", metadata={"description": "更细的名目，例如材料编码。"})

    least = 1

    @validates_schema
    def one_subject(self, data: dict[str, Any], **_: Any) -> None:
        """Not none, and not two."""
        given = [name for name in SUBJECTS if name in data]
        if not self.least <= len(given) <= 1:
            raise ValidationError("project_id、stage_case_id、item_case_id 须选填其中一项。", SUBJECTS[0])


class UploadInput(UseInput):
    """One file, and at once what it is for, if that is known already."""

    file = Attachment(required=True, metadata={"type": "string", "format": "binary", "description": "文件。"})

    least = 0


class ScanInput(UseInput):
    """The images of one scan in their order, the name of the document, and at once what it is for."""

    file = Attachment(
        required=True,
        metadata={
            "type": "array",
            "items": {"type": "string", "format": "binary"},
            "minItems": 1,
            "maxItems": MOST_IMAGES,
            "description": "图片，每张一栏，按页的先后。",
        },
    )
    name = Text(required=True, longest=100, metadata={"description": "材料名称，即文件名，不带扩展名。"})

    least = 0


class UseAnswer(Output):
    """One thing that a file serves."""

    id = shown(fields.UUID, "编号。")
    project_id = shown(fields.UUID, "项目。", empty=True)
    stage_case_id = shown(fields.UUID, "阶段办理。", empty=True)
    item_case_id = shown(fields.UUID, "办件。", empty=True)
    purpose = Choice(*PURPOSES, required=True, metadata={"description": PURPOSE_MEANING})
    label = shown(fields.String, "更细的名目。")
    attached_at = shown(Moment, "附上的时间。")


class StoredFile(Output):
    """What is known of the content of a file."""

    id = shown(fields.UUID, "编号。")
    name = shown(fields.String, "文件名。")
    size = shown(fields.Integer, "字节数。")
    media_type = shown(fields.String, "按内容认出的类型。")
    sha256 = shown(fields.String, "内容的 SHA-256。", pattern="^[0-9a-f]{64}$")
    scan_state = Choice(
        "not_scanned", "clean", required=True, metadata={"description": "not_scanned 未扫描，clean 已查毒。"}
    )


class FileAnswer(StoredFile):
    """An uploaded file."""

    scan_detail = shown(fields.String, "未扫描的原因。", empty=True)
    uploaded_by = shown(fields.UUID, "上传人。")
    uploaded_by_name = shown(fields.String, "上传人姓名。")
    uploaded_at = shown(Moment, "上传时间。")
    uses = Listed(Part(UseAnswer), required=True, metadata={"description": "用在何处（限您能看到的）。"})
