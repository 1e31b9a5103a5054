"""What clients get of the history of a stage case."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Choice, Moment, Open, Output, shown
from api.pagination import page_of


class HistoryEntryAnswer(Output):
    """One task that is over."""

    id = shown(fields.UUID, "任务。")
    element_id = shown(fields.String, "流程图中的元素。")
    name = shown(fields.String, "环节名称。")
    status = Choice("done", "cancelled", required=True)
    role = shown(fields.String, "承办角色。")
    organisation_name = shown(fields.String, "承办机构。")
    item_case_id = shown(fields.UUID, "所属办件。", empty=True)
    item_code = shown(fields.String, "事项编码。", empty=True)
    item_name = shown(fields.String, "事项名称。", empty=True)
    closed_by_name = shown(fields.String, "办理人；随流程取消时为 null。", empty=True)
    opened_at = shown(Moment, "到达时间。")
    closed_at = shown(Moment, "办结时间。")
    submission = shown(Open, "办理时填写的内容。", empty=True)


HistoryEntryPage = page_of(HistoryEntryAnswer)
