"""What each person reaches, in SQL and in Python alike."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select, true

from accounts.actor import data_scope
from accounts.authenticate import authenticate_session
from accounts.models import Organisation
from accounts.sign_in import sign_in
from tests.integration.accounts.conftest import PASSWORD, World

EVERYWHERE = {"province", "city", "planning", "window", "district", "elsewhere", "applicant"}
IN_THE_CITY = EVERYWHERE - {"province", "elsewhere"}


@pytest.mark.parametrize(
    ("name", "permission", "reached"),
    [
        ("applicant", "organisation.read", {"applicant"}),
        ("officer", "project.read", {"planning"}),
        ("officer", "organisation.read", IN_THE_CITY),
        ("clerk", "project.read", IN_THE_CITY),
        ("lead", "project.read", IN_THE_CITY),
        ("provincial", "project.read", EVERYWHERE),
        ("system", "organisation.read", EVERYWHERE),
        ("system", "project.read", set()),
        ("auditor", "task.work", set()),
        ("security", "user.write", set()),
    ],
)
def test_a_permission_reaches_so_far(world: World, name: str, permission: str, reached: set[str]) -> None:
    actor = world.sign_in(name)
    condition = data_scope(
        actor, permission, region=Organisation.region_code, organisations=(Organisation.parent_id, Organisation.id)
    )
    rows = world.do(lambda s, _: s.scalars(select(Organisation).where(condition)).all())
    assert {row.code for row in rows} == reached
    everything = world.do(lambda s, _: s.scalars(select(Organisation).where(true())).all())
    seen = {
        row.code for row in everything if actor.sees(permission, region_code=row.region_code, organisation_id=row.id)
    }
    assert seen == reached


def test_an_actor_is_built_in_one_query(world: World) -> None:
    secret = sign_in(world.sessions, "lead", PASSWORD).secret
    statements: list[str] = []
    engine = world.sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    with world.sessions() as session:
        actor = authenticate_session(session, secret, world.database.now)
    assert len(statements) == 1
    assert actor.region_codes == {"9901", "990101"}
