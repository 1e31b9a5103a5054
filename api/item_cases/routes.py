"""Item cases: one item handled for one stage case."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.item_cases.schemas import ItemCaseAnswer, ItemCaseDetailAnswer, ItemCasePage, ItemCaseQuery
from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from cases.models import ItemCase
from cases.queries.stage_cases import status_events, visible_item_cases
from cases.status import NAMES, Status
from errors import NotFound

resource = Resource("item-cases", "事项办件")

ORDER = [
    SortKey(ItemCase.opened_at, datetime, lambda row: row.ItemCase.opened_at),
    SortKey(ItemCase.id, UUID, lambda row: row.ItemCase.id),
]


@resource.operation("GET", "/item-cases", ItemCasePage, permission="stage_case.read", query=ItemCaseQuery)
def list_item_cases(call: Call) -> Page:
    """办件列表

    先转办的在前。
    """
    query, statement = call.query, visible_item_cases(call.actor)
    for name in ("stage_case_id", "department_id", "status"):
        if name in query:
            statement = statement.where(getattr(ItemCase, name) == query[name])
    if "ended" in query:
        ended = ItemCase.ended_at.is_not(None)
        statement = statement.where(ended if query["ended"] else ~ended)
    page = paginate(call.session, statement, ORDER, query)
    return Page([show_item_case(row) for row in page.entries], page.next_cursor)


@resource.operation(
    "GET", "/item-cases/<uuid:item_case_id>", ItemCaseDetailAnswer, permission="stage_case.read", tagged=True
)
def read_item_case(call: Call, item_case_id: UUID) -> dict[str, Any]:
    """查看办件

    含结果文件与全部状态记录。
    """
    row = call.session.execute(visible_item_cases(call.actor).where(ItemCase.id == item_case_id)).one_or_none()
    if row is None:
        raise NotFound("item_case_not_found", "没有这个办件，或它不在您的范围内。")
    events = [
        {
            "sequence": event.sequence,
            "code": event.code,
            "name": NAMES[Status(event.code)],
            "effective_at": event.effective_at,
            "recorded_at": event.recorded_at,
            "actor_id": event.actor_id,
        }
        for event in call.session.scalars(status_events(item_case_id))
    ]
    return {**show_item_case(row), "outcome": row.ItemCase.outcome, "status_events": events}


def show_item_case(row: Row[Any]) -> dict[str, Any]:
    """The members of an item case in any answer, from a row of ``visible_item_cases``."""
    case = row.ItemCase
    shown = {name: getattr(case, name, None) for name in ItemCaseAnswer().fields}
    status = None if case.status is None else NAMES[Status(case.status)]
    return {**shown, "department_name": row.department_name, "status_name": status}
