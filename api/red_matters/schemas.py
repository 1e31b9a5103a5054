"""What clients get of red matters."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Choice, Moment, Output, shown
from api.pagination import PageQuery, page_of

PROBLEMS = ("vacant", "failed")


class MatterQuery(PageQuery):
    """Which red matters to list."""

    problem = Choice(*PROBLEMS, metadata={"description": "vacant 岗位空缺，failed 送达失败。"})


class MatterAnswer(Output):
    """A notice that reached nobody."""

    id = shown(fields.UUID, "编号。")
    problem = Choice(*PROBLEMS, required=True)
    topic = shown(fields.String, "通知的种类。")
    title = shown(fields.String, "通知的内容。", empty=True)
    region_code = shown(fields.String, "地区。", empty=True)
    organisation_id = shown(fields.UUID, "岗位所在单位。", empty=True)
    organisation_name = shown(fields.String, "岗位所在单位名称。", empty=True)
    role = shown(fields.String, "岗位角色。", empty=True)
    role_title = shown(fields.String, "岗位名称。", empty=True)
    stage_case_id = shown(fields.UUID, "阶段办理。", empty=True)
    created_at = shown(Moment, "应当送达的时间。")
    attempts = shown(fields.Integer, "已尝试次数。")
    next_attempt_at = shown(Moment, "下次自动重试的时间；已停止重试时为 null。", empty=True)
    stopped_at = shown(Moment, "停止自动重试的时间。", empty=True)
    reason = shown(fields.String, "没有送达的原因。")
    advice = shown(fields.String, "怎么办。")


MatterPage = page_of(MatterAnswer)
