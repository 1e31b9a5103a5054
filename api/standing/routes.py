"""Where a case stands: the progress of a stage's items, and why a case waits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from api.item_cases.routes import find_item_case, show_item_case
from api.operation import Call, Resource
from api.stage_cases.routes import find_stage_case
from api.standing.schemas import NotificationList, StageProgressAnswer, WhyAnswer
from cases.models import ItemCase
from cases.queries.notifications import notifications
from cases.queries.stage_cases import visible_item_cases
from cases.queries.standing import (
    Subject,
    limits_of,
    open_incidents,
    open_tasks,
    standing_holds,
    title_of,
    what_next,
)

resource = Resource("standing", "进度与原因")

NOTIFICATION = "notice"
URGENCY = ("red", "yellow", "grey", "green")
MEMBERS = ("id", "item_code", "name", "department_name", "main", "status", "status_name", "ended_at")


@resource.operation(
    "GET", "/stage-cases/<uuid:stage_case_id>/progress", StageProgressAnswer, permission="stage_case.read"
)
def read_progress(call: Call, stage_case_id: UUID) -> dict[str, Any]:
    """阶段进度

    各事项的办理状态、亮灯和剩余时间。
    """
    session, now = call.session, call.now()
    find_stage_case(call, stage_case_id)
    limits = limits_of(session, Subject(stage_case_id), now)
    stopped = {hold.item_case_id for hold in session.execute(standing_holds(Subject(stage_case_id)))}
    items = visible_item_cases(call.actor).where(ItemCase.stage_case_id == stage_case_id)
    return {
        "stage_case_id": stage_case_id,
        "as_of": now,
        "limits": [limit for limit in limits if limit["item_case_id"] is None],
        "items": [
            _item(row, [limit for limit in limits if limit["item_case_id"] == row.ItemCase.id], stopped)
            for row in session.execute(items.order_by(ItemCase.opened_at, ItemCase.item_code))
        ],
    }


def _item(row: Any, limits: list[dict[str, Any]], stopped: set[UUID | None]) -> dict[str, Any]:
    shown = show_item_case(row)
    # being told of it is not the item's clock; what is not timed is grey, never red
    colours = {limit["color"] for limit in limits if limit["kind"] != NOTIFICATION}
    untimed = row.ItemCase.limit_text is None and row.ItemCase.ended_at is None
    return {
        **{name: value for name, value in shown.items() if name in MEMBERS},
        "suspended": row.ItemCase.ended_at is None and bool(stopped & {None, row.ItemCase.id}),
        "untimed": row.ItemCase.limit_text is None,
        "color": next((colour for colour in URGENCY if colour in colours), "grey" if untimed else None),
        "limits": limits,
    }


@resource.operation(
    "GET", "/stage-cases/<uuid:stage_case_id>/notifications", NotificationList, permission="stage_case.read"
)
def list_notifications(call: Call, stage_case_id: UUID) -> dict[str, Any]:
    """阶段的通知时限

    哪些部门要在多久以内得到通知，何时送达，是否逾期，逾期记在谁名下。
    """
    find_stage_case(call, stage_case_id)
    now = call.now()
    return {"as_of": now, "entries": [row._asdict() for row in call.session.execute(notifications(stage_case_id, now))]}


@resource.operation("GET", "/stage-cases/<uuid:stage_case_id>/why", WhyAnswer, permission="stage_case.read")
def why_stage(call: Call, stage_case_id: UUID) -> dict[str, Any]:
    """阶段为何停着

    待办与办理人、挂起与原因、时限与亮灯、异常、空缺岗位，以及接下来必须发生什么。
    """
    find_stage_case(call, stage_case_id)
    return _why(call, Subject(stage_case_id))


@resource.operation("GET", "/item-cases/<uuid:item_case_id>/why", WhyAnswer, permission="stage_case.read")
def why_item(call: Call, item_case_id: UUID) -> dict[str, Any]:
    """办件为何停着

    同阶段的说明，只看这一个办件。
    """
    row = find_item_case(call, item_case_id)
    return _why(call, Subject(row.ItemCase.stage_case_id, item_case_id))


def _why(call: Call, subject: Subject) -> dict[str, Any]:
    session, now = call.session, call.now()
    tasks = session.execute(open_tasks(subject, now)).all()
    holds = session.execute(standing_holds(subject)).all()
    incidents = session.execute(open_incidents(subject)).all()
    vacant = {f"{task.organisation_name}{title_of(task.role)}" for task in tasks if not task.people}
    return {
        "as_of": now,
        "tasks": [
            {
                **task._mapping,
                "people": task.people or [],
                "vacant": not task.people,
                "role_title": title_of(task.role),
            }
            for task in tasks
        ],
        "vacant_posts": sorted(vacant),
        "holds": holds,
        "limits": limits_of(session, subject, now),
        "last_error": incidents[0] if incidents else None,
        "next": what_next(tasks, holds, incidents),
    }
