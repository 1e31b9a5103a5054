"""Limits: what runs in a stage case, and why a limit is due when it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from api.limits.schemas import ExplanationAnswer, LimitAnswer, LimitList, LimitQuery
from api.operation import Call, Resource
from api.stage_cases.routes import find_stage_case
from cases.explain_limit import explain_limit
from cases.models import DueRow
from cases.queries.limits import item_of, running_limits

resource = Resource("limits", "期限")


@resource.operation("GET", "/limits", LimitList, permission="stage_case.read", query=LimitQuery, refusals=(404,))
def list_limits(call: Call) -> dict[str, Any]:
    """一个阶段正在计时的期限

    任务、办件、阶段、特殊环节和承诺的，先到期的在前。
    """
    stage_case_id = call.query["stage_case_id"]
    find_stage_case(call, stage_case_id)
    rows = call.session.execute(running_limits(stage_case_id))
    return {"entries": [show(row.DueRow, row.item_case_id) for row in rows]}


@resource.operation("GET", "/limits/<uuid:limit_id>/explanation", ExplanationAnswer, permission="stage_case.read")
def read_explanation(call: Call, limit_id: UUID) -> dict[str, Any]:
    """为什么是这一天

    从开始逐日说到到期：哪些日子计入，哪些放假、调休上班、挂起，到期时刻何时改过。
    """
    found = explain_limit(call.session, call.actor, limit_id)
    runs = found.explanation.runs if found.explanation else ()
    return {
        **show(found.row, item_of(call.session, found.row)),
        "sentences": found.sentences,
        "runs": [{**_members(run, "first", "last", "kind", "cause"), "worth": str(run.worth)} for run in runs],
        "changes": found.changes,
    }


def show(row: DueRow, item_case_id: UUID | None) -> dict[str, Any]:
    """The members of a limit in any answer."""
    named = {"item_case_id": item_case_id, "subject_id": row.task_id}
    return {**_members(row, *(name for name in LimitAnswer().fields if name not in named)), **named}


def _members(value: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}
