"""What clients send to and get of projects and their registration."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Amount, Choice, Day, Identifier, Input, Moment, Output, Text, Truth, shown
from api.pagination import PageQuery, page_of
from api.regions.schemas import CODE, CODE_HINT


class ProjectInput(Input):
    """The registration of a project."""

    region_code = Text(
        required=True,
        shortest=2,
        longest=12,
        pattern=CODE,
        hint=CODE_HINT,
        metadata={"description": "项目所在地区的代码。"},
    )
    code = Text(
        longest=40, metadata={"description": "有固定资产投资的，国家项目代码；没有的不填，由系统生成地方代码。"}
    )
    fixed_asset_investment = Truth(required=True, metadata={"description": "是否有固定资产投资。"})
    classified = Truth(
        load_default=False, metadata={"description": "是否涉密；涉密项目不得在本平台办理，内容不予保存。"}
    )
    name = Text(required=True, metadata={"description": "项目名称。"})
    credit_code = Text(required=True, longest=18, metadata={"description": "申报单位的统一社会信用代码。"})
    applicant_name = Text(metadata={"description": "申报单位名称；单位尚未登记时必须填写。"})
    address = Text(required=True, metadata={"description": "建设地点。"})
    scale = Text(lines=True, required=True, longest=2000, metadata={"description": "建设规模及内容。"})
    total_investment = Amount(metadata={"description": "总投资，万元，写成文字，最多四位小数。"})
    planned_start = Day(metadata={"description": "拟开工日期。"})
    planned_finish = Day(metadata={"description": "拟建成日期，晚于拟开工日期。"})


class ProjectQuery(PageQuery):
    """Which projects to list."""

    q = Text(
        shortest=2,
        longest=100,
        metadata={"description": "名称中含有的字，至少两个，不分大小写。"},
    )
    code = Text(longest=40, metadata={"description": "项目代码，全文相同。"})
    region_code = Text(shortest=2, longest=12, pattern=CODE, hint=CODE_HINT, metadata={"description": "地区代码。"})
    applicant_id = Identifier(metadata={"description": "申报单位编号。"})


class ProjectAnswer(Output):
    """A project."""

    id = shown(fields.UUID, "编号。")
    region_code = shown(fields.String, "所在地区。")
    code = shown(fields.String, "项目代码。")
    code_kind = Choice("national", "local", required=True)
    fixed_asset_investment = shown(fields.Boolean, "是否有固定资产投资。")
    name = shown(fields.String, "名称。")
    applicant_id = shown(fields.UUID, "申报单位。")
    credit_code = shown(fields.String, "申报单位的统一社会信用代码。")
    address = shown(fields.String, "建设地点。")
    scale = shown(fields.String, "建设规模及内容。")
    total_investment = shown(fields.String, "总投资，万元。", empty=True)
    planned_start = shown(fields.Date, "拟开工日期。", empty=True)
    planned_finish = shown(fields.Date, "拟建成日期。", empty=True)
    registered_at = shown(Moment, "登记时间。")


ProjectPage = page_of(ProjectAnswer)
