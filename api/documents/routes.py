"""Documents: those of a stage case, and their PDF."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from api.documents.schemas import DocumentAnswer, DocumentListAnswer
from api.operation import Call, Resource
from api.stage_cases.routes import find_stage_case
from cases.queries.documents import visible_documents
from errors import NotFound
from files.documents.kinds import KINDS
from files.documents.open import open_document
from files.models import IssuedDocument
from files.read_file import Download

resource = Resource("documents", "文书")


@resource.operation(
    "GET", "/stage-cases/<uuid:stage_case_id>/documents", DocumentListAnswer, permission="stage_case.read"
)
def list_documents(call: Call, stage_case_id: UUID) -> dict[str, Any]:
    """阶段办理的文书

    按出具的先后，含各办件的文书。
    """
    find_stage_case(call, stage_case_id)
    found = visible_documents(call.actor).where(IssuedDocument.stage_case_id == stage_case_id)
    ordered = found.order_by(IssuedDocument.issued_at, IssuedDocument.id)
    return {"entries": [_show(document) for document in call.session.scalars(ordered)]}


@resource.operation("GET", "/documents/<uuid:document_id>", DocumentAnswer, permission="stage_case.read")
def read_document(call: Call, document_id: UUID) -> dict[str, Any]:
    """查看文书信息

    名称、编号与出具时间；内容另行下载。
    """
    return _show(_find(call, document_id))


@resource.operation(
    "GET",
    "/documents/<uuid:document_id>/content",
    None,
    permission="stage_case.read",
    download=True,
    refusals=(507,),
)
def download_document(call: Call, document_id: UUID) -> Download:
    """下载文书（PDF）

    内容在出具时即已固定，每次下载完全相同。下载人和时间记入审计。
    """
    return open_document(call.session, call.actor, _find(call, document_id), now=call.now())


def _find(call: Call, document_id: UUID) -> IssuedDocument:
    document = call.session.scalar(visible_documents(call.actor).where(IssuedDocument.id == document_id))
    if document is None:
        raise NotFound("document_not_found", "没有这份文书，或它不在您的范围内。")
    return document


def _show(document: IssuedDocument) -> dict[str, Any]:
    kind = KINDS[document.kind]
    names = ("id", "kind", "stage_case_id", "item_case_id", "issued_at", "sha256")
    return {
        **{name: getattr(document, name) for name in names},
        "title": kind.title,
        "number": kind.number(document.year, document.number),
    }
