"""Engineerings: the parts of a project that are approved as one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from api.engineerings.schemas import EngineeringAnswer, EngineeringInput, EngineeringPage, EngineeringQuery
from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from cases.create_engineering import create_engineering
from cases.models import Engineering
from cases.queries.projects import visible_engineerings
from errors import NotFound

resource = Resource("engineerings", "工程")

ORDER = [
    SortKey(Engineering.created_at, datetime, lambda row: row.created_at),
    SortKey(Engineering.id, UUID, lambda row: row.id),
]


@resource.operation("GET", "/engineerings", EngineeringPage, permission="engineering.read", query=EngineeringQuery)
def list_engineerings(call: Call) -> Page:
    """工程列表

    先设立的在前。每个项目登记时即有一个工程，拆分后有多个。
    """
    statement = visible_engineerings(call.actor)
    if "project_id" in call.query:
        statement = statement.where(Engineering.project_id == call.query["project_id"])
    return paginate(call.session, statement, ORDER, call.query)


@resource.operation(
    "POST",
    "/engineerings",
    EngineeringAnswer,
    status=201,
    permission="engineering.write",
    body=EngineeringInput,
    refusals=(404,),
)
def add_engineering(call: Call) -> Engineering:
    """拆分工程

    给项目增加一个工程，工程代码由系统生成。
    """
    return create_engineering(call.session, call.actor, now=call.now(), **call.body)


@resource.operation(
    "GET", "/engineerings/<uuid:engineering_id>", EngineeringAnswer, permission="engineering.read", tagged=True
)
def read_engineering(call: Call, engineering_id: UUID) -> Engineering:
    """查看工程

    项目中一并审批的一部分。
    """
    found = call.session.scalar(visible_engineerings(call.actor).where(Engineering.id == engineering_id))
    if found is None:
        raise NotFound("engineering_not_found", "没有这个工程，或它不在您的范围内。")
    return found
