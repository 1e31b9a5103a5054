"""What clients send to and get of tasks."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Choice, Identifier, Input, Listed, Moment, Open, Output, Part, Text, shown
from api.pagination import PageQuery, page_of

STATUSES = ("open", "done", "cancelled")


class TaskQuery(PageQuery):
    """Which tasks to list."""

    of = Choice(
        "organisation",
        "me",
        "done",
        "all",
        load_default="organisation",
        metadata={"description": "organisation 我的岗位待办，me 我已认领的，done 我办过的，all 我能看到的全部。"},
    )
    stage_case_id = Identifier(metadata={"description": "阶段办理。"})
    item_case_id = Identifier(metadata={"description": "办件。"})
    element_id = Text(longest=100, metadata={"description": "流程图中的元素。"})
    organisation_id = Identifier(metadata={"description": "承办机构。"})
    role = Text(longest=50, metadata={"description": "承办角色。"})
    status = Choice(*STATUSES, metadata={"description": "状态。"})


class ValuesInput(Input):
    """A filled-in form."""

    values = Open(
        keys=Text(longest=100),
        required=True,
        metadata={"description": "按任务的表单填写的内容；没有表单的任务写 {}。"},
    )


class CompletionInput(ValuesInput):
    """A filled-in form, and who else gets to read it."""

    copies = Listed(Identifier(), most=20, metadata={"description": "抄送的机构：可以查看，没有任务。"})


class TaskCompletionInput(ValuesInput):
    """One of several tasks with its filled-in form."""

    task_id = Identifier(required=True, metadata={"description": "任务。"})


class CompletionsInput(Input):
    """Several tasks of one stage case and one form."""

    completions = Listed(
        Part(TaskCompletionInput),
        required=True,
        least=1,
        most=100,
        metadata={"description": "一起办理的任务，1 到 100 个。"},
    )
    copies = Listed(Identifier(), most=20, metadata={"description": "抄送的机构：可以查看，没有任务。"})


class TaskAnswer(Output):
    """A task with what people need to tell one from another."""

    id = shown(fields.UUID, "编号。")
    name = shown(fields.String, "环节名称。")
    element_id = shown(fields.String, "流程图中的元素。")
    status = Choice(*STATUSES, required=True)
    role = shown(fields.String, "承办角色。")
    organisation_id = shown(fields.UUID, "承办机构。")
    organisation_name = shown(fields.String, "承办机构名称。")
    form = shown(fields.String, "表单。", empty=True)
    assignee_id = shown(fields.UUID, "认领人。", empty=True)
    assignee_name = shown(fields.String, "认领人姓名。", empty=True)
    opened_at = shown(Moment, "到达时间。")
    closed_at = shown(Moment, "办结时间。", empty=True)
    closed_by = shown(fields.UUID, "办理人。", empty=True)
    closed_by_name = shown(fields.String, "办理人姓名。", empty=True)
    due_at = shown(Moment, "到期时间。", empty=True)
    limit_text = shown(fields.String, "时限。", empty=True)
    due_provisional = shown(fields.Boolean, "到期时间是否因日历尚未公布而暂定。", empty=True)
    due_held = shown(fields.Boolean, "时限是否因挂起而停。", empty=True)
    region_code = shown(fields.String, "地区。")
    project_id = shown(fields.UUID, "项目。")
    project_code = shown(fields.String, "项目代码。")
    project_name = shown(fields.String, "项目名称。")
    engineering_id = shown(fields.UUID, "工程。")
    stage_case_id = shown(fields.UUID, "阶段办理。")
    stage_case_number = shown(fields.String, "阶段办理号。")
    stage = shown(fields.String, "阶段编码。")
    release_id = shown(fields.String, "所依据的规则发布。")
    item_case_id = shown(fields.UUID, "办件。", empty=True)
    item_code = shown(fields.String, "事项编码。", empty=True)
    item_name = shown(fields.String, "事项名称。", empty=True)


class ChoiceAnswer(Output):
    """A choice that the form offers."""

    value = shown(fields.String, "提交的值。")
    label = shown(fields.String, "显示的文字。")


class DecisionQuery(Input):
    """Which decision to rehearse."""

    decision = Text(required=True, longest=40, metadata={"description": "表单里 decision 的一个选项。"})


class PlanningOpinionAnswer(Output):
    """What stands from planning for the item of the task."""

    conclusion = shown(fields.String, "策划意见。")
    opinion = shown(Open, "合法性、合规性、可行性意见等。")
    department_id = shown(fields.UUID, "出具意见的部门。")
    given_at = shown(Moment, "出具时间。")


class TaskDetailAnswer(TaskAnswer):
    """A task with its form, ready to be filled in."""

    form_definition = shown(Open, "表单定义（form-js JSON 的子集）；没有表单时为 null。", empty=True)
    choices = fields.Dict(
        keys=fields.String(),
        values=fields.List(Part(ChoiceAnswer)),
        required=True,
        metadata={"description": "表单里运行时才知道的选项，按其 valuesKey。"},
    )
    draft = shown(Open, "保存的草稿。", empty=True)
    submission = shown(Open, "办理时填写的内容。", empty=True)
    planning_opinion = Part(
        PlanningOpinionAnswer,
        required=True,
        allow_none=True,
        metadata={"description": "本事项的策划意见。"},
    )


class CompletionAnswer(Output):
    """The task is done."""

    id = shown(fields.UUID, "任务。")
    status = Choice("done", required=True)
    stage_case_id = shown(fields.UUID, "阶段办理。")
    closed_at = shown(Moment, "办结时间。")


class CompletionsAnswer(Output):
    """All of the tasks are done."""

    completed = fields.List(Part(CompletionAnswer), required=True, metadata={"description": "办结的任务，按提交次序。"})


TaskPage = page_of(TaskAnswer)
