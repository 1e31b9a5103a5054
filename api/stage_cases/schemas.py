"""What clients send to and get of stage cases."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Choice, Identifier, Input, Listed, Moment, Open, Output, Part, Text, shown
from api.files.schemas import StoredFile
from api.item_cases.schemas import ItemCaseAnswer
from api.pagination import PageQuery, page_of
from api.regions.schemas import CODE, CODE_HINT
from cases.models.intake import MATERIAL_STATUSES, SOURCES

STATUSES = ("open", "completed", "closed_empty", "void", "declined")
CHANNELS = ("window", "online")


class CheckedInput(Input):
    """What the window clerk reads in the paper application."""

    name = Text(required=True, metadata={"description": "申报材料上的项目名称。"})
    credit_code = Text(
        required=True, longest=18, metadata={"description": "申报材料上申报单位的统一社会信用代码，不分大小写。"}
    )


class StageCaseInput(Input):
    """One engineering enters one stage."""

    engineering_id = Identifier(required=True, metadata={"description": "工程。"})
    stage = Text(required=True, longest=20, metadata={"description": "现行发布中的阶段编码。"})
    process_type = Text(required=True, longest=20, metadata={"description": "现行发布中的流程类型编码。"})
    channel = Choice(*CHANNELS, required=True, metadata={"description": "window 窗口申报，online 网上申报。"})
    checked = Part(
        CheckedInput,
        metadata={"description": "窗口人员按项目代码调取项目后与之核对的申报材料；须与登记的一致。网上申报不填。"},
    )


class SupplementInput(Input):
    """More items to plan."""

    items = Listed(
        Text(longest=40),
        required=True,
        least=1,
        most=100,
        metadata={"description": "要补充策划的候选事项编码。"},
    )
    reason = Text(required=True, longest=2000, metadata={"description": "为什么补充策划。"})


class PlanningAnswer(Output):
    """One planning of the stage case."""

    id = shown(fields.UUID, "编号。")
    number = shown(fields.Integer, "第几次策划。")
    reason = shown(fields.String, "补充策划的理由；首次策划为 null。", empty=True)
    candidates = fields.List(Open(), required=True, metadata={"description": "所问的候选事项。"})
    opened_at = shown(Moment, "发起时间。")
    concluded_at = shown(Moment, "结论齐全的时间。", empty=True)
    confirmed_at = shown(Moment, "最后确认的时间。", empty=True)
    dispatched_at = shown(Moment, "转办的时间。", empty=True)


class StageCaseQuery(PageQuery):
    """Which stage cases to list."""

    project_id = Identifier(metadata={"description": "项目。"})
    engineering_id = Identifier(metadata={"description": "工程。"})
    applicant_id = Identifier(metadata={"description": "申报单位。"})
    region_code = Text(shortest=2, longest=12, pattern=CODE, hint=CODE_HINT, metadata={"description": "地区代码。"})
    stage = Text(longest=20, metadata={"description": "阶段编码。"})
    status = Choice(*STATUSES, metadata={"description": "状态。"})


class StageCaseAnswer(Output):
    """One engineering in one stage."""

    id = shown(fields.UUID, "编号。")
    number = shown(fields.String, "办理号。")
    region_code = shown(fields.String, "地区。")
    project_id = shown(fields.UUID, "项目。")
    project_code = shown(fields.String, "项目代码。")
    project_name = shown(fields.String, "项目名称。")
    engineering_id = shown(fields.UUID, "工程。")
    engineering_name = shown(fields.String, "工程名称。")
    stage = shown(fields.String, "阶段编码。")
    process_type = shown(fields.String, "流程类型编码。")
    channel = Choice(*CHANNELS, required=True)
    release_id = shown(fields.String, "所依据的规则发布。")
    applicant_id = shown(fields.UUID, "申报单位。")
    lead_id = shown(fields.UUID, "牵头部门。")
    window_id = shown(fields.UUID, "综合窗口。")
    status = Choice(
        *STATUSES,
        required=True,
        metadata={"description": "open 在办，completed 办结，closed_empty 无需审批，void 作废，declined 不予接收。"},
    )
    opened_at = shown(Moment, "发起时间。")
    receipt = shown(fields.String, "收件凭证号。", empty=True)
    received_at = shown(Moment, "正式收件时间。", empty=True)
    dispatched_at = shown(Moment, "统一转办时间。", empty=True)
    completed_at = shown(Moment, "阶段办结时间。", empty=True)
    closing_reason = shown(fields.String, "作废、无需审批或不予接收的理由。", empty=True)
    ended_at = shown(Moment, "全部事项结束的时间。", empty=True)


class ProgressAnswer(Output):
    """How far a stage case is."""

    items = shown(fields.Integer, "已转办的事项数。")
    items_ended = shown(fields.Integer, "其中已结束的。")
    main_items = shown(fields.Integer, "主流程事项数。")
    main_items_approved = shown(fields.Integer, "其中已批准的。")
    open_tasks = shown(fields.Integer, "待办数。")
    suspended = shown(fields.Boolean, "阶段此刻是否挂起。")


class MaterialFileAnswer(StoredFile):
    """One file of a material."""


class MaterialAnswer(Output):
    """One material of the stage case."""

    id = shown(fields.UUID, "编号。")
    code = shown(fields.String, "材料编码。")
    name = shown(fields.String, "材料名称。")
    necessity = Choice(
        "required",
        "deferrable",
        "conditional",
        required=True,
        metadata={"description": "required 必要，deferrable 容缺（可以承诺后补），conditional 有条件。"},
    )
    condition = shown(fields.String, "什么情况下需要。", empty=True)
    items = fields.List(fields.String(), required=True, metadata={"description": "要求它的事项。"})
    source = Choice(
        *SOURCES,
        required=True,
        metadata={"description": "来源：applicant 申报单位提交，result 前面事项的结果，on_file 本项目已有。"},
    )
    status = Choice(
        *MATERIAL_STATUSES,
        required=True,
        metadata={
            "description": "missing 缺，submitted 待审，passed 已收，returned 退回，deferred 承诺后补，"
            "not_applicable 不适用。"
        },
    )
    reason = shown(fields.String, "退回或不适用的理由。", empty=True)
    promised_by = shown(fields.Date, "承诺补交的日期。", empty=True)
    files = Listed(
        Part(MaterialFileAnswer),
        required=True,
        metadata={"description": "各个文件，按提交的先后。"},
    )
    result_item_case_id = shown(fields.UUID, "是哪个办件的结果。", empty=True)
    result_document_id = shown(fields.UUID, "随该结果出具的文书，凭编号查看和下载。", empty=True)
    result_number = shown(fields.String, "结果的文号。", empty=True)


class OpinionAnswer(Output):
    """What a department answered about an item."""

    planning_id = shown(fields.UUID, "策划。")
    item_code = shown(fields.String, "事项。")
    round = shown(fields.Integer, "第几轮：1 首次，2 转办后，3 最终策划。")
    department_id = shown(fields.UUID, "部门。")
    conclusion = Choice("required", "not_required", "transferred", required=True)
    transferred_to = shown(fields.UUID, "转给哪个部门。", empty=True)
    opinion = shown(Open, "意见内容。")
    given_at = shown(Moment, "回复时间。")


class ReportAnswer(Output):
    """The one-time answer to the applicant."""

    planning_id = shown(fields.UUID, "策划。")
    content = shown(Open, "报告内容。")
    issued_at = shown(Moment, "告知时间。")


class HoldAnswer(Output):
    """A suspension that stands now."""

    id = shown(fields.UUID, "编号。")
    item_case_id = shown(fields.UUID, "哪个办件；null 为整个阶段。", empty=True)
    cause = shown(fields.String, "原因。")
    started_at = shown(Moment, "开始时间。")


class EarlierResultAnswer(Output):
    """The result of an item of an earlier stage."""

    item_code = shown(fields.String, "事项编码。")
    name = shown(fields.String, "事项名称。")
    result_number = shown(fields.String, "结果文号。", empty=True)
    result_title = shown(fields.String, "结果名称。", empty=True)
    result_date = shown(fields.Date, "结果日期。", empty=True)
    result_valid_until = shown(fields.Date, "有效期至。", empty=True)


class EarlierStageAnswer(Output):
    """A completed stage of the same engineering."""

    id = shown(fields.UUID, "阶段办理。")
    number = shown(fields.String, "办理号。")
    stage = shown(fields.String, "阶段编码。")
    completed_at = shown(Moment, "阶段办结时间。")
    completion = shown(Open, "阶段性办结信息。")
    results = fields.List(Part(EarlierResultAnswer), required=True, metadata={"description": "各事项的结果。"})


class StageCaseDetailAnswer(StageCaseAnswer):
    """A stage case with everything that stands in it."""

    progress = Part(ProgressAnswer, required=True)
    items = fields.List(Part(ItemCaseAnswer), required=True, metadata={"description": "办件。"})
    materials = fields.List(Part(MaterialAnswer), required=True, metadata={"description": "材料。"})
    plannings = fields.List(Part(PlanningAnswer), required=True, metadata={"description": "各次策划。"})
    opinions = fields.List(Part(OpinionAnswer), required=True, metadata={"description": "策划意见。"})
    reports = fields.List(Part(ReportAnswer), required=True, metadata={"description": "策划报告。"})
    completion = shown(Open, "阶段性办结信息。", empty=True)
    earlier = fields.List(
        Part(EarlierStageAnswer), required=True, metadata={"description": "同一工程已办结的阶段：本阶段的基础信息。"}
    )
    holds = fields.List(Part(HoldAnswer), required=True, metadata={"description": "此刻的挂起。"})


StageCasePage = page_of(StageCaseAnswer)
