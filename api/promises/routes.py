"""Promises that are to be kept: pledges and deferred materials."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from api.operation import Call, Resource
from api.pagination import Page, cut, decode
from api.promises.schemas import PromisePage, PromiseQuery
from cases.queries.promises import Asked, promises_to_keep
from worktime.calendar import ZONE

resource = Resource("promises", "承诺")


@resource.operation("GET", "/promises", PromisePage, permission="light.read", query=PromiseQuery)
def list_promises(call: Call) -> Page:
    """未兑现的承诺

    过了承诺日期的告知承诺和容缺材料，先到期的在前；牵头部门看本地区的，可只看自己牵头的阶段；审批部门看本部门事项的。
    """
    query, today = call.query, call.now().astimezone(ZONE).date()
    after = decode(query["cursor"], [date, UUID]) if "cursor" in query else None
    before = today if query["state"] == "overdue" else None
    asked = Asked(before, query.get("kind"), query.get("lead_id"), query.get("department_id"), after)
    rows = call.session.execute(promises_to_keep(call.actor, asked, query["limit"] + 1)).all()
    page = cut(rows, query["limit"], lambda row: (row.due_on, row.id))
    return Page([{**row._mapping, "overdue": row.due_on < today} for row in page.entries], page.next_cursor)
