"""What clients get of limits."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Choice, Day, Identifier, Input, Moment, Output, Part, shown
from cases.models.due import OF_CASES, OF_TOKENS


class LimitQuery(Input):
    """Of which stage case, and which of its limits."""

    stage_case_id = Identifier(required=True, metadata={"description": "阶段办理。"})


class LimitAnswer(Output):
    """A limit."""

    id = shown(fields.UUID, "期限。")
    stage_case_id = shown(fields.UUID, "所属阶段办理。")
    item_case_id = shown(fields.UUID, "所属办件；属于阶段本身的为 null。", empty=True)
    kind = Choice(*OF_TOKENS, *OF_CASES, required=True)
    subject_id = shown(fields.UUID, "它计的是什么：任务，或阶段办理、办件、挂起、承诺。")
    element_id = shown(fields.String, "流程图中的元素。")
    timeout = shown(fields.String, "超时处理；没有写明的为 null。", empty=True)
    limit_text = shown(fields.String, "期限，例如 5WD 为 5 个工作日。")
    started_at = shown(Moment, "从何时起。")
    due_at = shown(Moment, "到期时刻；此刻及以前办理都不超时。挂起时为挂起前的。")
    provisional = shown(fields.Boolean, "是否暂定：所涉年份尚未公布放假安排。")
    held = shown(fields.Boolean, "是否挂起。")
    fired_at = shown(Moment, "超时处理已于何时进行。", empty=True)
    cancelled_at = shown(Moment, "何时结束计时。", empty=True)


class LimitList(Output):
    """The limits of a stage case."""

    entries = fields.List(Part(LimitAnswer), required=True, metadata={"description": "正在计时的期限，先到期的在前。"})


class RunAnswer(Output):
    """Days that follow each other and count alike."""

    first = shown(Day, "从哪一日。")
    last = shown(Day, "到哪一日。")
    kind = Choice("workday", "make_up", "weekend", "holiday", "local_work", "local_off", required=True)
    cause = shown(fields.String, "不计入的原因：start 开始当日，held 挂起，outside 不在计时时间内。", empty=True)
    worth = shown(fields.String, "计入多少，分数写作 7/16。")


class DueChangeAnswer(Output):
    """A due that the limit had before."""

    cause = Choice("calendar", "extension", required=True)
    changed_at = shown(Moment, "何时改变。")
    before_at = shown(Moment, "原到期时刻。")
    before_provisional = shown(fields.Boolean, "原来是否暂定。")
    after_at = shown(Moment, "改为。")
    after_provisional = shown(fields.Boolean, "改后是否暂定。")


class ExplanationAnswer(LimitAnswer):
    """Why the limit is due when it is."""

    sentences = fields.List(fields.String(), required=True, metadata={"description": "逐句说明。"})
    runs = fields.List(Part(RunAnswer), required=True, metadata={"description": "从开始到到期的每一段日子。"})
    changes = fields.List(Part(DueChangeAnswer), required=True, metadata={"description": "到期时刻的历次改变。"})
