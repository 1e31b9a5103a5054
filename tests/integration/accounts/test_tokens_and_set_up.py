"""API tokens, and the first administrator."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from accounts.actor import Actor
from accounts.authenticate import authenticate_token
from accounts.models import ApiToken, User
from accounts.policy import SETUP_CODE_AGE
from accounts.set_up import first_administrator, issue_setup_code, needs_set_up
from accounts.sign_in import sign_in
from accounts.tokens import create_api_token, revoke_api_token
from database.clock import current_time
from database.transaction import in_transaction
from errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from tests.conftest import Database
from tests.integration.accounts.conftest import PASSWORD, World

DAY = timedelta(days=1)


def token(world: World, by: str = "security", user: str = "machine", **values: Any) -> tuple[ApiToken, str]:
    actor = world.sign_in(by)
    given: dict[str, Any] = {"name": "推送", "scopes": ["project.read", "task.read"], "days": 30}
    given |= {"user_id": world.people[user], **values}
    days = given.pop("days")
    return world.do(
        lambda session, now: create_api_token(session, actor, now=now, expires_at=now + days * DAY, **given)
    )


def use(world: World, secret: str) -> Actor:
    return world.do(lambda session, now: authenticate_token(session, secret, now))


def test_a_token_grants_its_scopes_and_no_more_than_the_post(world: World) -> None:
    _, secret = token(world)
    actor = use(world, secret)
    assert actor.via == "token"
    assert actor.permissions == {"project.read", "task.read"}
    with world.database.connect() as connection:
        connection.execute(text("UPDATE appointments SET valid_until = platform_now() WHERE role = 'api_client'"))
    assert use(world, secret).permissions == frozenset()


def test_a_token_ends_by_itself_and_at_once_when_revoked(world: World) -> None:
    security = world.sign_in("security")
    row, secret = token(world)
    world.do(lambda session, now: revoke_api_token(session, security, row.id, now=now))
    world.do(lambda session, now: revoke_api_token(session, security, row.id, now=now))
    _, other = token(world)
    world.database.move_clock(31 * DAY)
    for lost in (secret, other, "bl_unknown"):
        with pytest.raises(NotSignedIn):
            use(world, lost)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"scopes": []}, "scope_unknown"),
        ({"scopes": ["audit.erase"]}, "scope_unknown"),
        ({"days": 0}, "token_period"),
        ({"days": 400}, "token_period"),
        ({"name": ""}, "name_missing"),
        ({"user": "clerk"}, "not_a_system"),
    ],
)
def test_a_wrong_token_is_refused(world: World, values: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        token(world, **values)
    assert refused.value.code == code


def test_who_may_not_write_tokens_does_not_see_the_system(world: World) -> None:
    with pytest.raises(NotFound):
        token(world, by="clerk")


def make_first(sessions: sessionmaker[Session], code: str, username: str = "first.admin") -> User:
    return in_transaction(
        sessions,
        lambda session: first_administrator(
            session,
            code=code,
            username=username,
            display_name="首任",
            password=PASSWORD,
            region_code="99",
            region_name="甲省",
            organisation_name="平台管理处",
            now=current_time(session),
        ),
    )


def issue(sessions: sessionmaker[Session]) -> str:
    return in_transaction(sessions, lambda session: issue_setup_code(session, current_time(session)))


def test_the_code_makes_the_first_administrator_once(session_factory: sessionmaker[Session]) -> None:
    with session_factory() as session:
        assert needs_set_up(session)
    code = issue(session_factory)
    make_first(session_factory, code)
    assert sign_in(session_factory, "first.admin", PASSWORD).secret
    with pytest.raises(Conflict):
        make_first(session_factory, code, "second.admin")
    with pytest.raises(Conflict):
        issue(session_factory)


def test_wrong_old_and_replaced_codes_make_nobody(session_factory: sessionmaker[Session], database: Database) -> None:
    replaced, valid = issue(session_factory), issue(session_factory)
    for code in ("", "guess", replaced):
        with pytest.raises(NotAllowed):
            make_first(session_factory, code)
    database.move_clock(SETUP_CODE_AGE)
    with pytest.raises(NotAllowed):
        make_first(session_factory, valid)
    with session_factory() as session:
        assert needs_set_up(session)


def test_a_refused_password_leaves_the_code_usable(session_factory: sessionmaker[Session]) -> None:
    code = issue(session_factory)
    with pytest.raises(Invalid):
        make_first(session_factory, code, username="x")
    assert make_first(session_factory, code).username == "first.admin"
