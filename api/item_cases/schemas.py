"""What clients get of item cases."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Choice, Day, Identifier, Input, Listed, Moment, Open, Output, Part, Text, Truth, Whole, shown
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


class WithdrawalInput(Input):
    """The applicant withdraws."""

    reason = Text(required=True, longest=500, lines=True, metadata={"description": "撤件的理由。"})


class SuspensionInput(Input):
    """Why an item case is suspended."""

    procedure = Text(required=True, longest=40, metadata={"description": "特殊环节的编码，见所依据的规则发布。"})
    reason = Text(required=True, longest=1000, lines=True, metadata={"description": "事由。"})
    basis = Text(required=True, longest=500, lines=True, metadata={"description": "依据。"})
    expected_end = Day(metadata={"description": "预计结束的日期；不写则按特殊环节自己的期限。"})


class EvidenceInput(Input):
    """What proves the end of a special procedure."""

    evidence = Text(required=True, longest=300, metadata={"description": "证明文件的名称和文号。"})
    files = Listed(Identifier(), most=20, load_default=list, metadata={"description": "证明文件（上传的文件）。"})


class ResumptionInput(Input):
    """The special procedure is over; with its evidence unless that was recorded before."""

    evidence = Text(longest=300, metadata={"description": "证明文件的名称和文号；先前登记过的可以不写。"})
    files = Listed(Identifier(), most=20, load_default=list, metadata={"description": "证明文件（上传的文件）。"})


class ProcedureExtensionInput(Input):
    """The special procedure takes longer."""

    expected_end = Day(required=True, metadata={"description": "延长后的结束日期。"})
    reason = Text(required=True, longest=1000, lines=True, metadata={"description": "事由。"})


class LimitExtensionInput(Input):
    """The limit of the item is extended."""

    limit = Text(required=True, longest=10, metadata={"description": "延长多少，例如 5WD（5 个工作日）。"})
    reason = Text(required=True, longest=1000, lines=True, metadata={"description": "理由。"})


class DeliveryInput(Input):
    """The result reached the applicant."""

    way = Text(required=True, longest=40, metadata={"description": "送达方式，见所依据的规则发布。"})
    recipient = Text(required=True, longest=100, metadata={"description": "受送达人。"})
    delivered_on = Day(required=True, metadata={"description": "送达日期。"})
    note = Text(longest=500, lines=True, metadata={"description": "备注。"})


class ConsequencesQuery(Input):
    """Which act to rehearse."""

    act = Choice("suspension", "withdrawal", required=True, metadata={"description": "挂起或撤件。"})
    procedure = Text(longest=40, metadata={"description": "挂起的特殊环节；试算挂起时要写。"})


class AffectedAnswer(Output):
    """An item case that would be touched."""

    id = shown(fields.UUID, "办件。")
    item_code = shown(fields.String, "事项编码。")
    name = shown(fields.String, "事项名称。")
    main = shown(fields.Boolean, "是否主流程事项。")


class ConsequencesAnswer(Output):
    """What an act would do to the stage; nothing has been done."""

    stage_status = shown(fields.String, "阶段办理此后的状态。")
    items_frozen = fields.List(Part(AffectedAnswer), required=True, metadata={"description": "将不能办理的办件。"})
    items_ended = fields.List(Part(AffectedAnswer), required=True, metadata={"description": "将结束的办件。"})
    tasks_frozen = shown(fields.Integer, "将不能办理的待办数。")
    tasks_closed = shown(fields.Integer, "将关闭的待办数。")
    clocks_stopped = shown(fields.Integer, "将停下的时限数。")
    clocks_ended = shown(fields.Integer, "将结束的时限数。")


class SuspensionAnswer(Output):
    """A suspension of the item case itself."""

    id = shown(fields.UUID, "编号。")
    procedure = shown(fields.String, "特殊环节的编码。", empty=True)
    cause = shown(fields.String, "特殊环节。")
    reason = shown(fields.String, "事由。", empty=True)
    basis = shown(fields.String, "依据。", empty=True)
    expected_end = shown(fields.Date, "预计结束的日期。", empty=True)
    evidence = shown(Open, "结束的证明。", empty=True)
    freezes_stage = shown(fields.Boolean, "是否因此冻结本阶段。")
    started_at = shown(Moment, "开始时间。")
    ended_at = shown(Moment, "解除时间。", empty=True)


class LimitExtensionAnswer(Output):
    """The extension of the limit."""

    limit_text = shown(fields.String, "延长多少。")
    reason = shown(fields.String, "理由。")
    due_before = shown(Moment, "原到期时间。")
    due_after = shown(Moment, "延长后的到期时间。")
    decided_at = shown(Moment, "决定时间。")


class PromiseAnswer(Output):
    """What the applicant promised."""

    id = shown(fields.UUID, "编号。")
    kind = Choice("pledge", "deferred", required=True, metadata={"description": "pledge 告知承诺，deferred 容缺。"})
    status = Choice(
        "signed",
        "open",
        "kept",
        "broken",
        "revoked",
        required=True,
        metadata={"description": "signed 已承诺，open 待兑现，kept 已兑现，broken 未兑现，revoked 已撤销决定。"},
    )
    content = shown(Open, "承诺的内容。")
    materials = fields.List(fields.String(), required=True, metadata={"description": "承诺补交的材料。"})
    made_at = shown(Moment, "承诺时间。")
    due_at = shown(Moment, "现在这一步的到期时间。", empty=True)
    checked_at = shown(Moment, "核查时间。", empty=True)
    note = shown(fields.String, "核查情况。", empty=True)


class DeliveryAnswer(Output):
    """The delivery of the result."""

    id = shown(fields.UUID, "编号。")
    way = shown(fields.String, "送达方式。")
    recipient = shown(fields.String, "受送达人。")
    delivered_on = shown(fields.Date, "送达日期。")
    note = shown(fields.String, "备注。", empty=True)
    recorded_at = shown(Moment, "登记时间。")


class ItemCaseDetailAnswer(ItemCaseAnswer):
    """An item case with its whole course."""

    outcome = shown(Open, "办理结果的内容。", empty=True)
    status_events = fields.List(Part(StatusEventAnswer), required=True)
    suspensions = fields.List(Part(SuspensionAnswer), required=True, metadata={"description": "挂起的全部记录。"})
    extension = Part(LimitExtensionAnswer, required=True, allow_none=True, metadata={"description": "时限的延长。"})
    promises = fields.List(Part(PromiseAnswer), required=True, metadata={"description": "承诺。"})
    delivery = Part(DeliveryAnswer, required=True, allow_none=True, metadata={"description": "结果的送达。"})


ItemCasePage = page_of(ItemCaseAnswer)
