"""What clients get of item cases."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Identifier, Moment, Open, Output, Part, Truth, Whole, shown
from api.pagination import PageQuery, page_of


class ItemCaseQuery(PageQuery):
    """Which item cases to list."""

    stage_case_id = Identifier(metadata={"description": "所属阶段办理。"})
    department_id = Identifier(metadata={"description": "承办部门。"})
    status = Whole(1, 15, metadata={"description": "办理状态（BLZT 1 至 15）。"})
    ended = Truth(metadata={"description": "true 只看已结束的，false 只看在办的。"})


class ItemCaseAnswer(Output):
    """One item handled for one stage case."""

    id = shown(fields.UUID, "编号。")
    number = shown(fields.String, "办件号。")
    stage_case_id = shown(fields.UUID, "所属阶段办理。")
    item_code = shown(fields.String, "事项编码。")
    attempt = shown(fields.Integer, "第几次办理。")
    name = shown(fields.String, "事项名称。")
    department_id = shown(fields.UUID, "承办部门。")
    department_name = shown(fields.String, "承办部门名称。")
    main = shown(fields.Boolean, "是否主流程事项。")
    pledge = shown(fields.Boolean, "是否告知承诺。")
    limit_text = shown(fields.String, "承诺时限。", empty=True)
    predecessors = fields.List(fields.String(), required=True, metadata={"description": "前置事项。"})
    status = shown(fields.Integer, "办理状态（BLZT）；尚未接件时为 null。", empty=True)
    status_name = shown(fields.String, "办理状态的名称。", empty=True)
    opened_at = shown(Moment, "转办时间。")
    accepted_at = shown(Moment, "受理时间。", empty=True)
    ended_at = shown(Moment, "结束时间。", empty=True)
    end_reason = shown(fields.String, "非因办结而结束的原因。", empty=True)
    result_date = shown(fields.Date, "结果文件日期。", empty=True)
    result_number = shown(fields.String, "结果文件文号。", empty=True)
    result_title = shown(fields.String, "结果文件标题。", empty=True)
    result_valid_until = shown(fields.Date, "结果有效期。", empty=True)


class StatusEventAnswer(Output):
    """One status event."""

    sequence = shown(fields.Integer, "次序。")
    code = shown(fields.Integer, "办理状态（BLZT）。", minimum=1, maximum=15)
    name = shown(fields.String, "名称。")
    effective_at = shown(Moment, "发生时间。")
    recorded_at = shown(Moment, "记录时间。")
    actor_id = shown(fields.UUID, "办理人；平台所为时为 null。", empty=True)


class ItemCaseDetailAnswer(ItemCaseAnswer):
    """An item case with its whole course."""

    outcome = shown(Open, "办理结果的内容。", empty=True)
    status_events = fields.List(Part(StatusEventAnswer), required=True)


ItemCasePage = page_of(ItemCaseAnswer)
