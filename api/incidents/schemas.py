"""What clients get of incidents."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Choice, Identifier, Moment, Output, shown
from api.pagination import PageQuery, page_of

STATUSES = ("open", "resolved")


class IncidentQuery(PageQuery):
    """Which incidents to list."""

    status = Choice(*STATUSES, metadata={"description": "open 待处理，resolved 已解决。"})
    instance_id = Identifier(metadata={"description": "流程实例。"})


class IncidentAnswer(Output):
    """A command that the diagram could not carry out."""

    id = shown(fields.UUID, "编号。")
    instance_id = shown(fields.UUID, "流程实例。")
    element_id = shown(fields.String, "流程图中的元素。", empty=True)
    reason = shown(fields.String, "原因。")
    status = Choice(*STATUSES, required=True)
    created_at = shown(Moment, "发生时间。")
    resolved_by = shown(fields.UUID, "处理人。", empty=True)
    resolved_at = shown(Moment, "解决时间。", empty=True)


class IncidentDetailAnswer(IncidentAnswer):
    """An incident with where exactly it failed."""

    trace = shown(fields.String, "技术细节，供运维查看。")


IncidentPage = page_of(IncidentAnswer)
