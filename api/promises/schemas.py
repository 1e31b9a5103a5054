"""What clients send to and get of the list of promises."""

from __future__ import annotations

from marshmallow import fields

from api.belonging import Belonging
from api.fields import Choice, Identifier, Moment, shown
from api.pagination import PageQuery, page_of

KINDS = ("pledge", "deferred")
MEANINGS = "pledge 告知承诺，deferred 容缺后补的材料。"


class PromiseQuery(PageQuery):
    """Which promises to list."""

    state = Choice(
        "overdue",
        "open",
        load_default="overdue",
        metadata={"description": "overdue 已过承诺日期而未兑现，open 全部未兑现。"},
    )
    kind = Choice(*KINDS, metadata={"description": MEANINGS})
    lead_id = Identifier(metadata={"description": "阶段的牵头部门。"})
    department_id = Identifier(metadata={"description": "核查的部门。"})


class OpenPromiseAnswer(Belonging):
    """A promise that is not kept yet."""

    id = shown(fields.UUID, "编号。")
    kind = Choice(*KINDS, required=True, metadata={"description": MEANINGS})
    due_on = shown(fields.Date, "承诺兑现的日期。")
    overdue = shown(fields.Boolean, "此刻是否已过这一天。")
    materials = fields.List(fields.String(), required=True, metadata={"description": "承诺补交的材料编码。"})
    made_at = shown(Moment, "承诺的时间。")
    step_due_at = shown(Moment, "正等待的补交或核查的到期时间。", empty=True)
    item_case_id = shown(fields.UUID, "办件。")
    item_case_number = shown(fields.String, "办件编号。", empty=True)
    item_code = shown(fields.String, "事项编码。")
    item_name = shown(fields.String, "事项名称。")
    department_id = shown(fields.UUID, "核查的部门。")
    department_name = shown(fields.String, "核查的部门名称。")
    lead_id = shown(fields.UUID, "本阶段牵头部门。")


PromisePage = page_of(OpenPromiseAnswer)
