"""Administrative regions."""

from __future__ import annotations

from sqlalchemy import select

from accounts.actor import data_scope
from accounts.models import Region
from accounts.regions import create_region
from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from api.regions.schemas import RegionAnswer, RegionInput, RegionPage, RegionQuery

resource = Resource("regions", "地区")


@resource.operation("GET", "/regions", RegionPage, permission="region.read", query=RegionQuery)
def list_regions(call: Call) -> Page:
    """地区列表

    按代码排序；可只看某地区的直接下级。
    """
    statement = select(Region).where(data_scope(call.actor, "region.read", region=Region.code))
    if "parent_code" in call.query:
        statement = statement.where(Region.parent_code == call.query["parent_code"])
    return paginate(call.session, statement, [SortKey(Region.code, str, lambda row: row.code)], call.query)


@resource.operation(
    "POST", "/regions", RegionAnswer, status=201, permission="region.write", body=RegionInput, refusals=(409,)
)
def add_region(call: Call) -> Region:
    """新增地区

    行政区划代码按 GB/T 2260，功能区可用本地代码。
    """
    body = call.body
    return create_region(
        call.session,
        call.actor,
        code=body["code"],
        name=body["name"],
        parent_code=body.get("parent_code"),
        now=call.now(),
    )
