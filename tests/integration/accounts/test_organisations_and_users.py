"""Creating and changing regions, organisations and users."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from accounts.models import Organisation, User
from accounts.organisations import change_organisation, create_organisation
from accounts.regions import create_region, region_and_below
from accounts.users import create_user
from audit.chain import read_details
from audit.models import AuditEntry
from errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from tests.integration.accounts.conftest import PASSWORD, World

VALID_CREDIT_CODE = "91350100M000100Y43"


def organisation(world: World, by: str | None, **values: Any) -> Organisation:
    actor = world.sign_in(by) if by else None
    given = {"region_code": "9901", "code": "new", "name": "新单位", "kind": "department"} | values
    return world.do(lambda session, now: create_organisation(session, actor, now=now, **given))


def person(world: World, **values: Any) -> User:
    actor = world.sign_in("system")
    given: dict[str, Any] = {"username": "new.person", "display_name": "新某", "password": PASSWORD}
    given |= {"organisation_id": world.organisations["planning"]} | values
    return world.do(lambda session, now: create_user(session, actor, now=now, **given))


def test_a_new_organisation_is_audited_with_what_it_is(world: World) -> None:
    made = organisation(world, "system", credit_code=VALID_CREDIT_CODE.lower(), function="住建")
    query = select(AuditEntry.__table__).where(AuditEntry.stream_id == str(made.id))
    row = world.do(lambda session, _: session.execute(query).mappings().one())
    assert (row["action"], row["actor_id"]) == ("organisation.create", world.people["system"])
    after = read_details(dict(row), world.sessions.kw["info"]["audit_vault"])["after"]
    assert (after["credit_code"], after["function"]) == (VALID_CREDIT_CODE, "住建")


@pytest.mark.parametrize(
    ("values", "kind", "code"),
    [
        ({"credit_code": "91350100M000100Y44"}, Invalid, "credit_code_invalid"),
        ({"credit_code": "x"}, Invalid, "credit_code_invalid"),
        ({"kind": "ministry"}, Invalid, "organisation_kind"),
        ({"name": " "}, Invalid, "name_missing"),
        ({"code": ""}, Invalid, "name_missing"),
        ({"region_code": "55"}, Invalid, "region_unknown"),
        ({"code": "planning"}, Conflict, "organisation_exists"),
    ],
)
def test_a_wrong_organisation_is_refused(world: World, values: dict[str, Any], kind: type[Refused], code: str) -> None:
    with pytest.raises(kind) as refused:
        organisation(world, "system", **values)
    assert refused.value.code == code


def test_an_applicant_unit_is_registered_once_by_its_credit_code(world: World) -> None:
    organisation(world, "clerk", kind="applicant", credit_code=VALID_CREDIT_CODE)
    with pytest.raises(Conflict) as refused:
        organisation(world, "clerk", kind="applicant", code="other", credit_code=VALID_CREDIT_CODE)
    assert refused.value.code == "applicant_exists"


def test_two_windows_register_one_unit_in_the_same_instant(world: World) -> None:
    def register(number: int) -> str:
        try:
            organisation(world, None, kind="applicant", code=f"a{number}", credit_code=VALID_CREDIT_CODE)
        except Conflict as refused:
            return refused.code
        return "registered"

    with ThreadPoolExecutor(4) as threads:
        answers = sorted(threads.map(register, range(4)))
    assert answers == ["applicant_exists"] * 3 + ["registered"]


def test_a_window_clerk_registers_applicants_only_and_only_in_the_own_region(world: World) -> None:
    with pytest.raises(NotAllowed):
        organisation(world, "clerk", kind="department")
    with pytest.raises(NotFound):
        organisation(world, "clerk", kind="applicant", region_code="9902")
    with pytest.raises(NotFound):
        organisation(world, "officer", kind="applicant")


def test_a_parent_must_be_there_open_and_no_applicant(world: World) -> None:
    for parent in (world.people["clerk"], world.organisations["applicant"]):
        with pytest.raises(Invalid):
            organisation(world, "system", parent_id=parent)
    assert organisation(world, "system", parent_id=world.organisations["planning"]).parent_id


def test_a_change_is_audited_with_before_and_after_and_no_change_is_not(world: World) -> None:
    system, which = world.sign_in("system"), world.organisations["planning"]
    for _ in range(2):
        world.do(lambda s, now: change_organisation(s, system, which, name="自然资源和规划局", now=now))
    query = select(AuditEntry.__table__).where(AuditEntry.action == "organisation.change")
    row = world.do(lambda session, _: session.execute(query).mappings().one())
    details = read_details(dict(row), world.sessions.kw["info"]["audit_vault"])
    names = (details["before"]["name"], details["after"]["name"])
    assert names == ("市自然资源局", "自然资源和规划局")


@pytest.mark.parametrize(
    ("values", "kind", "code"),
    [
        ({"username": "a"}, Invalid, "username_shape"),
        ({"username": "含中文"}, Invalid, "username_shape"),
        ({"username": "Clerk"}, Conflict, "username_taken"),
        ({"display_name": "  "}, Invalid, "name_missing"),
        ({"password": "Short-1"}, Invalid, "password_length"),
        ({"password": "alllowercaseletters"}, Invalid, "password_too_simple"),
        ({"password": "New.Person-2026"}, Invalid, "password_contains_username"),
    ],
)
def test_a_wrong_user_is_refused(world: World, values: dict[str, Any], kind: type[Refused], code: str) -> None:
    with pytest.raises(kind) as refused:
        person(world, **values)
    assert refused.value.code == code


def test_user_names_are_one_whatever_their_case(world: World) -> None:
    assert person(world, username=" New.Name ").username == "new.name"
    with pytest.raises(Conflict):
        person(world, username="NEW.NAME")


def test_a_region_has_a_code_of_its_own_and_a_parent_that_is_there(world: World) -> None:
    def create(code: str, parent: str | None) -> None:
        world.do(lambda s, now: create_region(s, None, code=code, name="新区", parent_code=parent, now=now))

    for code, parent, kind in (("9901", None, Conflict), ("99-1", None, Invalid), ("9903", "98", Invalid)):
        with pytest.raises(kind):
            create(code, parent)
    create("9901GX", "9901")
    below: list[str] = world.do(lambda s, _: list(s.scalars(region_and_below("9901")).all()))
    assert sorted(below) == ["9901", "990101", "9901GX"]
