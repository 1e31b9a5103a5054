"""Lights: the boards of one colour, and the counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from api.lights.schemas import BoardQuery, CountPage, CountQuery, LightPage
from api.operation import Call, Resource
from api.pagination import Page, SortKey, cut, decode, paginate
from cases.count_lights import OLDEST, count_lights
from cases.models import LightCount
from cases.queries.lights import Board, board, colour_at, counts, instant_of

resource = Resource("lights", "亮灯")

COUNT_ORDER = [
    SortKey(LightCount.region_code, str, lambda row: row.LightCount.region_code),
    SortKey(LightCount.organisation_id, UUID, lambda row: row.LightCount.organisation_id),
    SortKey(LightCount.stage, str, lambda row: row.LightCount.stage),
]


@resource.operation("GET", "/lights", LightPage, permission="light.read", query=BoardQuery)
def list_lights(call: Call) -> Page:
    """亮灯看板

    一种颜色的全部在办时限：绿灯按转黄的先后，其余按到期的先后。颜色按查询时的时间计算。
    """
    query, now = call.query, call.now()
    after = decode(query["cursor"], [datetime, UUID]) if "cursor" in query else None
    asked = Board(query["color"], query.get("organisation"), query.get("region"), query.get("kind"), after)
    rows = call.session.execute(board(call.actor, asked, query["limit"] + 1, now)).all()
    instant = instant_of(asked.colour).key
    page = cut(rows, query["limit"], lambda row: (getattr(row, instant), row.id))
    return Page([{**row._mapping, "color": colour_at(row, now)} for row in page.entries], page.next_cursor)


@resource.operation("GET", "/lights/counts", CountPage, permission="light.read", query=CountQuery)
def count_colours(call: Call) -> dict[str, Any]:
    """亮灯统计

    各责任单位、各阶段每种颜色的数量，连同统计的时间。
    """
    as_of = count_lights(call.session, call.now(), OLDEST)
    statement, query = counts(call.actor), call.query
    for name, column in (
        ("organisation", LightCount.organisation_id),
        ("region", LightCount.region_code),
        ("stage", LightCount.stage),
    ):
        if name in query:
            statement = statement.where(column == query[name])
    page = paginate(call.session, statement, COUNT_ORDER, query)
    entries = [{**_columns(row.LightCount), "organisation_name": row.organisation_name} for row in page.entries]
    return {"as_of": as_of, "entries": entries, "next_cursor": page.next_cursor}


def _columns(found: LightCount) -> dict[str, Any]:
    return {column.key: getattr(found, column.key) for column in LightCount.__table__.columns}
