"""What clients get of where a case stands."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Choice, Moment, Output, Part, shown
from api.lights.schemas import LitLimit
from cases.queries.lights import COLOURS


class RunningLimitAnswer(LitLimit):
    """A limit that runs, or stands, and what is left of it."""

    remaining = shown(fields.Float, "剩余量，超期时为负；按日期或时长计的为 null。", empty=True)
    unit = Choice(
        "WD",
        "ND",
        "WH",
        "NH",
        required=True,
        allow_none=True,
        metadata={"description": "WD 工作日，ND 自然日，WH 工作小时，NH 自然小时。"},
    )


class ItemProgressAnswer(Output):
    """How far an item case is."""

    id = shown(fields.UUID, "办件。")
    item_code = shown(fields.String, "事项编码。")
    name = shown(fields.String, "事项名称。")
    department_name = shown(fields.String, "承办部门名称。")
    main = shown(fields.Boolean, "是否主流程事项。")
    status = shown(fields.Integer, "办理状态（BLZT）。", empty=True)
    status_name = shown(fields.String, "办理状态的名称。", empty=True)
    suspended = shown(fields.Boolean, "此刻是否挂起。")
    ended_at = shown(Moment, "结束时间。", empty=True)
    untimed = shown(fields.Boolean, "是否不计时：没有承诺时限，不会超期。")
    color = Choice(
        *COLOURS,
        required=True,
        allow_none=True,
        metadata={"description": "各时限中最急的颜色；不计时的为 grey；没有在办时限时为 null。"},
    )
    limits = fields.List(Part(RunningLimitAnswer), required=True, metadata={"description": "在办的时限。"})


class StageProgressAnswer(Output):
    """How far every item of a stage case is."""

    stage_case_id = shown(fields.UUID, "阶段办理。")
    as_of = shown(Moment, "计算的时间。")
    limits = fields.List(Part(RunningLimitAnswer), required=True, metadata={"description": "阶段自身的时限。"})
    items = fields.List(Part(ItemProgressAnswer), required=True, metadata={"description": "办件。"})


class NotificationAnswer(Output):
    """A task whose post has to be told of it within a limit."""

    limit_id = shown(fields.UUID, "通知的期限。")
    task_id = shown(fields.UUID, "任务。")
    task_name = shown(fields.String, "任务名称。")
    item_case_id = shown(fields.UUID, "办件；策划时还没有办件，为 null。", empty=True)
    item_name = shown(fields.String, "事项名称。", empty=True)
    organisation_name = shown(fields.String, "要通知的单位。")
    limit_text = shown(fields.String, "通知的时限，如 1WD。")
    opened_at = shown(Moment, "系统内发出的时间。")
    due_at = shown(Moment, "最迟何时通知。")
    notified_at = shown(Moment, "何时送达任岗的人；还没有送达的为 null。", empty=True)
    overdue = shown(fields.Boolean, "是否逾期未通知，或逾期才通知。")
    answerable_name = shown(fields.String, "逾期记在哪个单位名下。")


class NotificationList(Output):
    """The notifications of a stage case that have a limit."""

    as_of = shown(Moment, "计算的时间。")
    entries = fields.List(Part(NotificationAnswer), required=True, metadata={"description": "先发出的在前。"})


class WaitingTaskAnswer(Output):
    """An open task and who may take it."""

    id = shown(fields.UUID, "任务。")
    name = shown(fields.String, "名称。")
    organisation_id = shown(fields.UUID, "办理单位。")
    organisation_name = shown(fields.String, "办理单位名称。")
    role = shown(fields.String, "岗位角色。")
    role_title = shown(fields.String, "岗位名称。")
    people = fields.List(fields.String(), required=True, metadata={"description": "现任此岗的人。"})
    vacant = shown(fields.Boolean, "岗位是否空缺。")
    assignee_name = shown(fields.String, "认领人。", empty=True)
    item_case_id = shown(fields.UUID, "办件。", empty=True)
    item_name = shown(fields.String, "事项名称。", empty=True)
    opened_at = shown(Moment, "到达时间。")


class StandingHoldAnswer(Output):
    """A suspension that stands now."""

    id = shown(fields.UUID, "编号。")
    item_case_id = shown(fields.UUID, "哪个办件；null 为整个阶段。", empty=True)
    item_name = shown(fields.String, "事项名称。", empty=True)
    cause = shown(fields.String, "原因。")
    started_at = shown(Moment, "开始时间。")


class ErrorAnswer(Output):
    """An error of the flow that is not resolved."""

    id = shown(fields.UUID, "异常。")
    element_id = shown(fields.String, "流程图中的元素。", empty=True)
    reason = shown(fields.String, "原因。")
    created_at = shown(Moment, "发生时间。")


class WhyAnswer(Output):
    """What a case waits for."""

    as_of = shown(Moment, "计算的时间。")
    tasks = fields.List(Part(WaitingTaskAnswer), required=True, metadata={"description": "待办任务。"})
    vacant_posts = fields.List(fields.String(), required=True, metadata={"description": "空缺的岗位。"})
    holds = fields.List(Part(StandingHoldAnswer), required=True, metadata={"description": "挂起及原因。"})
    limits = fields.List(Part(RunningLimitAnswer), required=True, metadata={"description": "在办的时限。"})
    last_error = Part(
        ErrorAnswer, required=True, allow_none=True, metadata={"description": "最近一个未解决的异常；没有时为 null。"}
    )
    next = fields.List(fields.String(), required=True, metadata={"description": "接下来必须发生什么。"})
