"""What clients get of issued documents."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Listed, Moment, Output, Part, shown
from files.documents.kinds import KINDS


class DocumentAnswer(Output):
    """An issued document."""

    id = shown(fields.UUID, "编号。")
    kind = shown(fields.String, "种类。", enum=list(KINDS))
    title = shown(fields.String, "标题。")
    number = shown(fields.String, "文号。")
    stage_case_id = shown(fields.UUID, "阶段办理。")
    item_case_id = shown(fields.UUID, "办件；整个阶段的文书为 null。", empty=True)
    issued_at = shown(Moment, "出具时间。")
    sha256 = shown(fields.String, "PDF 的 SHA-256；首次下载前为 null。", empty=True, pattern="^[0-9a-f]{64}$")


class DocumentListAnswer(Output):
    """All documents of a stage case."""

    entries = Listed(Part(DocumentAnswer), most=10_000, required=True)
