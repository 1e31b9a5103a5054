"""Organisations: the tree of bodies, departments and windows, and the units that apply."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, select

from accounts.actor import data_scope
from accounts.models import Organisation
from accounts.organisations import change_organisation, create_organisation
from api.operation import Call, Resource
from api.organisations.schemas import (
    OrganisationAnswer,
    OrganisationChange,
    OrganisationInput,
    OrganisationPage,
    OrganisationQuery,
)
from api.pagination import Page, SortKey, paginate
from errors import NotFound

resource = Resource("organisations", "机构")

ORDER = [
    SortKey(Organisation.region_code, str, lambda row: row.region_code),
    SortKey(Organisation.code, str, lambda row: row.code),
]
EQUAL = ("region_code", "kind", "parent_id", "active")


@resource.operation("GET", "/organisations", OrganisationPage, permission="organisation.read", query=OrganisationQuery)
def list_organisations(call: Call) -> Page:
    """机构列表

    按地区与编码排序；用 parent_id 逐级展开机构树。
    """
    statement = select(Organisation).where(_within(call, "organisation.read"))
    for name in EQUAL:
        if name in call.query:
            statement = statement.where(getattr(Organisation, name) == call.query[name])
    if "name" in call.query:
        statement = statement.where(Organisation.name.contains(call.query["name"], autoescape=True))
    return paginate(call.session, statement, ORDER, call.query)


@resource.operation(
    "POST",
    "/organisations",
    OrganisationAnswer,
    status=201,
    permission=("organisation.write", "organisation.register_applicant"),
    body=OrganisationInput,
    refusals=(404, 409),
    tagged=True,
)
def add_organisation(call: Call) -> Organisation:
    """新建机构

    系统管理员建立各类机构；窗口人员可以登记申报单位，单位无须先有账号。
    """
    return create_organisation(call.session, call.actor, now=call.now(), **call.body)


@resource.operation(
    "GET", "/organisations/<uuid:organisation_id>", OrganisationAnswer, permission="organisation.read", tagged=True
)
def read_organisation(call: Call, organisation_id: UUID) -> Organisation:
    """查看机构

    答复头 ETag 用于修改。
    """
    return _find(call, organisation_id, "organisation.read")


@resource.operation(
    "PATCH",
    "/organisations/<uuid:organisation_id>",
    OrganisationAnswer,
    permission="organisation.write",
    body=OrganisationChange,
    tagged=True,
    guarded=True,
)
def edit_organisation(call: Call, organisation_id: UUID) -> Organisation:
    """修改机构

    改名、改职能、停用或恢复；没有写出的项不变。
    """
    present = _find(call, organisation_id, "organisation.write", lock=True)
    call.require_match(present)
    return change_organisation(call.session, call.actor, organisation_id, now=call.now(), **call.body)


def _within(call: Call, permission: str) -> ColumnElement[bool]:
    return data_scope(call.actor, permission, region=Organisation.region_code, organisations=(Organisation.id,))


def _find(call: Call, organisation_id: UUID, permission: str, *, lock: bool = False) -> Organisation:
    statement = select(Organisation).where(Organisation.id == organisation_id, _within(call, permission))
    if lock:
        statement = statement.with_for_update(key_share=True)
    found = call.session.scalar(statement)
    if found is None:
        raise NotFound("organisation_not_found", "没有这个机构，或它不在您的管理范围内。")
    return found
