"""Tasks: what waits for people; claim, draft, complete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row

from api.item_cases.schemas import ConsequencesAnswer
from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from api.tasks.schemas import (
    CompletionAnswer,
    CompletionInput,
    CompletionsAnswer,
    CompletionsInput,
    DecisionQuery,
    TaskDetailAnswer,
    TaskPage,
    TaskQuery,
    ValuesInput,
)
from cases.claim_task import claim_task
from cases.complete_task import complete_task
from cases.complete_tasks import Completion, complete_tasks
from cases.consequences import Consequences
from cases.models import WorkItem
from cases.options import choices
from cases.position import Position
from cases.queries.opinions import settled_opinion
from cases.queries.tasks import done_tasks, my_tasks, one_task, tasks_of_my_posts, visible_tasks
from cases.rehearse_decision import rehearse_decision
from cases.releases import release_of
from cases.save_draft import save_draft
from cases.unclaim_task import unclaim_task
from errors import Invalid, NotFound

resource = Resource("tasks", "任务")

LISTS = {"organisation": tasks_of_my_posts, "me": my_tasks, "done": done_tasks, "all": visible_tasks}
FILTERS = ("stage_case_id", "item_case_id", "element_id", "organisation_id", "role", "status")
LAST = SortKey(WorkItem.id, UUID, lambda row: row.id)
BY_ARRIVAL = [SortKey(WorkItem.opened_at, datetime, lambda row: row.opened_at), LAST]
BY_END = [SortKey(WorkItem.closed_at, datetime, lambda row: row.closed_at), LAST]


@resource.operation("GET", "/tasks", TaskPage, permission="task.read", query=TaskQuery)
def list_tasks(call: Call) -> Page:
    """任务列表

    默认为我的岗位的待办，先到的在前；办过的以最近的在前。
    """
    query = call.query
    statement = LISTS[query["of"]](call.actor)
    for name in FILTERS:
        if name in query:
            statement = statement.where(getattr(WorkItem, name) == query[name])
    done = query["of"] == "done"
    return paginate(call.session, statement, BY_END if done else BY_ARRIVAL, query, descending=done)


@resource.operation("GET", "/tasks/<uuid:task_id>", TaskDetailAnswer, permission="task.read", tagged=True)
def read_task(call: Call, task_id: UUID) -> dict[str, Any]:
    """查看任务

    连同表单定义、可选项和已存的草稿。
    """
    return _show(call, task_id)


@resource.operation("POST", "/tasks/<uuid:task_id>/claim", TaskDetailAnswer, permission="task.work")
def claim(call: Call, task_id: UUID) -> dict[str, Any]:
    """认领任务

    认领后同岗位的其他人不能再办。重复认领没有效果。
    """
    claim_task(call.session, call.actor, task_id)
    return _show(call, task_id)


@resource.operation("DELETE", "/tasks/<uuid:task_id>/claim", TaskDetailAnswer, permission="task.work")
def give_back(call: Call, task_id: UUID) -> dict[str, Any]:
    """退回任务

    退给同岗位的人，草稿保留。
    """
    unclaim_task(call.session, call.actor, task_id)
    return _show(call, task_id)


@resource.operation("PUT", "/tasks/<uuid:task_id>/draft", None, status=204, permission="task.work", body=ValuesInput)
def keep_draft(call: Call, task_id: UUID) -> None:
    """保存草稿

    不检查内容，最多 200 KB。
    """
    save_draft(call.session, call.actor, task_id, call.body["values"])


@resource.operation(
    "POST", "/tasks/<uuid:task_id>/completion", CompletionAnswer, permission="task.work", body=CompletionInput
)
def complete(call: Call, task_id: UUID) -> dict[str, Any]:
    """办结任务

    按表单核对填写的内容，通过后流程立即前进。两人同时办理同一任务，一人成功，另一人得到冲突。
    """
    with _inside_values():
        position = complete_task(call.session, call.actor, task_id, call.body["values"], call.body.get("copies", ()))
    return _done(position)


@resource.operation(
    "POST",
    "/tasks/completions",
    CompletionsAnswer,
    permission="task.work",
    body=CompletionsInput,
    refusals=(404,),
)
def complete_several(call: Call) -> dict[str, Any]:
    """一起办结多个任务

    同一个阶段办理、同一种表单的任务一次办完，例如一个部门就多个事项回复策划意见。
    全部成功或者全部不变；被拒绝时指明是第几个任务的哪一项。
    """
    completions = [Completion(entry["task_id"], entry["values"]) for entry in call.body["completions"]]
    done = complete_tasks(call.session, call.actor, completions, call.body.get("copies", ()))
    return {"completed": [_done(position) for position in done]}


def _done(position: Position) -> dict[str, Any]:
    return {
        "id": position.task_id,
        "status": "done",
        "stage_case_id": position.stage_case_id,
        "closed_at": position.now,
    }


@resource.operation(
    "GET",
    "/tasks/<uuid:task_id>/consequences",
    ConsequencesAnswer,
    permission="task.work",
    query=DecisionQuery,
    refusals=(409,),
)
def decision_consequences(call: Call, task_id: UUID) -> Consequences:
    """试算决定的后果

    说明这样决定将冻结或结束哪些办件、停下哪些时限、关闭多少待办；什么也不改变。
    """
    return rehearse_decision(call.session, call.actor, task_id, call.query["decision"])


@contextmanager
def _inside_values() -> Iterator[None]:
    """Fields of the form lie under ``values`` in what the client sent."""
    try:
        yield
    except Invalid as refusal:
        if refusal.code == "form_invalid":
            errors = refusal.details.pop("errors", [])
            assert isinstance(errors, list)
            refusal.details["errors"] = [
                {"field": f"values.{error['field']}" if error["field"] else "values", "message": error["message"]}
                for error in errors
            ]
        raise


def _show(call: Call, task_id: UUID) -> dict[str, Any]:
    row = call.session.execute(one_task(call.actor, task_id)).one_or_none()
    if row is None:
        raise NotFound("task_not_found", "没有这个任务，或者它不在您的办理范围内。")
    opinion = None
    if row.item_case_id is not None and row.item_code is not None:
        opinion = call.session.scalar(settled_opinion(row.stage_case_id, row.item_code))
    return {**row._mapping, **_form(call, row), "planning_opinion": opinion}


def _form(call: Call, row: Row[Any]) -> dict[str, Any]:
    if row.form is None:
        return {"form_definition": None, "choices": {}}
    release = release_of(call.session, row.release_id)
    offered = choices(call.session, release, row.stage_case_id, release.forms[row.form])
    return {
        "form_definition": orjson.loads(release.files[f"forms/{row.form}.json"]),
        "choices": {key: [choice._asdict() for choice in found] for key, found in offered.items()},
    }
