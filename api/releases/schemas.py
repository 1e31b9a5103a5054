"""What clients get of releases."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Moment, Open, Output, Part, Text, shown
from api.pagination import PageQuery, page_of
from api.regions.schemas import CODE, CODE_HINT


class ReleaseQuery(PageQuery):
    """Which releases to list."""

    region_code = Text(shortest=2, longest=12, pattern=CODE, hint=CODE_HINT, metadata={"description": "地区代码。"})


class ReleaseAnswer(Output):
    """A release, in short."""

    id = shown(fields.String, "编号：内容的 SHA-256。", pattern="^[0-9a-f]{64}$")
    region_code = shown(fields.String, "地区。")
    title = shown(fields.String, "名称。")
    version = shown(fields.String, "版本。")
    in_force_from = shown(Moment, "何时起生效。", empty=True)


class StageItemAnswer(Output):
    """A candidate item of a stage."""

    code = shown(fields.String, "事项编码。")
    name = shown(fields.String, "事项名称。")
    department = shown(fields.String, "承办部门的机构编码。")
    main = shown(fields.Boolean, "是否主流程事项。")
    limit = shown(fields.String, "承诺时限，例如 5WD 为 5 个工作日；不计时的为 null。", empty=True)
    pledge = shown(fields.Boolean, "可否告知承诺。")
    predecessors = fields.List(fields.String(), required=True, metadata={"description": "前置事项的编码。"})


class StageAnswer(Output):
    """A stage of a process type."""

    code = shown(fields.String, "阶段编码。")
    number = shown(fields.Integer, "阶段序号。")
    name = shown(fields.String, "阶段名称。")
    limit = shown(fields.String, "阶段时限。")
    lead = shown(fields.String, "牵头部门的机构编码。")
    window = shown(fields.String, "综合窗口的机构编码。")
    items = fields.List(Part(StageItemAnswer), required=True)


class ProcessTypeAnswer(Output):
    """A kind of project and its stages."""

    code = shown(fields.String, "流程类型编码。")
    name = shown(fields.String, "名称。")
    limit = shown(fields.String, "全流程时限。")
    stages = fields.List(Part(StageAnswer), required=True)


class SpecialProcedureAnswer(Output):
    """A special procedure for which an item case is suspended."""

    code = shown(fields.String, "编码。")
    name = shown(fields.String, "名称。")
    limit = shown(fields.String, "自己的期限；null 为不限。", empty=True)
    stops_stage_clock = shown(fields.Boolean, "阶段冻结时阶段的时限是否也停。")
    evidence = shown(fields.String, "结束时要的证明。", empty=True)


class ReleaseDetailAnswer(ReleaseAnswer):
    """A release with what it is made of."""

    regulation = shown(fields.String, "所依据的规定。")
    special_procedures = fields.List(
        Part(SpecialProcedureAnswer), required=True, metadata={"description": "特殊环节：挂起的原因。"}
    )
    delivery = fields.List(fields.String(), required=True, metadata={"description": "结果的送达方式。"})
    process_types = fields.List(Part(ProcessTypeAnswer), required=True)
    diagrams = fields.List(fields.String(), required=True, metadata={"description": "流程图的文件名。"})
    forms = fields.List(fields.String(), required=True, metadata={"description": "表单的编号。"})


class DiagramAnswer(Output):
    """A diagram as it was deployed."""

    name = shown(fields.String, "文件名。")
    xml = shown(fields.String, "BPMN 2.0 XML。")


class FormAnswer(Output):
    """A form's definition."""

    id = shown(fields.String, "表单编号。")
    definition = shown(Open, "表单定义（form-js JSON 的子集）。")


ReleasePage = page_of(ReleaseAnswer)
