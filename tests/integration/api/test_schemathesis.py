"""Every operation of the document, fuzzed as every role.

A generated request is sent once as each role. The boundary cases of the coverage phase, which do not depend on who
asks, are sent as one role that may do the thing. No operation is left out, no check is switched off.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.generation.meta import TestPhase
from sqlalchemy import text

from accounts.models import SignIn
from accounts.roles import ROLES
from accounts.secrets import hash_secret
from api.app import create_app
from api.authentication import csrf_token
from api.description import CSRF_HEADER, SESSION_COOKIE
from database.clock import current_time
from settings import Settings
from tests.integration.api.known import known_rows
from tests.integration.api.world import World

EXAMPLES = 50
NOWHERE = Settings("postgresql+psycopg://nobody@/nowhere", "", "redis://127.0.0.1:1/0", Path("/nowhere"))


class Stage:
    """A WSGI app that the tests can exchange: the document is read before there is a database."""

    app: Any = create_app(NOWHERE, cast(Any, None))

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass the request on."""
        answer: Iterable[bytes] = self.app(environ, start_response)
        return answer


STAGE = Stage()
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", STAGE)
schema.config.generation.update(with_security_parameters=False)
# A rule beyond the schema (check digits, dates in the past, an older version) refuses what the schema lets through.
schema.config.checks.positive_data_acceptance.expected_statuses += ["412", "422"]


class Players:
    """The people of one world, one a role, and the rows that a request can be about."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.known = known_rows(world)
        self.turn = count()
        self._secrets: dict[str, str] = {}

    def secret(self, role: str) -> str:
        """The session of the person with ``role``; made here, because some operations end it."""
        if role not in self._secrets:
            self._secrets[role] = self._begin(self.world.people[role])
        return self._secrets[role]

    def _begin(self, user_id: UUID) -> str:
        secret = secrets.token_urlsafe(32)
        with self.world.sessions() as session:
            now = current_time(session)
            ends = now + timedelta(hours=12)
            row = {"secret_hash": hash_secret(secret), "user_id": user_id, "created_at": now, "last_seen_at": now}
            session.add(SignIn(**row, expires_at=ends))
            session.commit()
        return secret

    def aim(self, case: schemathesis.Case[Any]) -> None:
        """Let every second valid request be about a row that there is."""
        meta = case.meta
        if meta is None or meta.generation.mode.is_negative or next(self.turn) % 2:
            return
        for name in case.path_parameters or {}:
            case.path_parameters[name] = self.known[name]

    def send(self, case: schemathesis.Case[Any], role: str) -> None:
        """Send the request as the person with ``role`` and hold the answer against the document."""
        secret = self.secret(role)
        token = csrf_token(secret)
        response = case.call(cookies={SESSION_COOKIE: secret}, headers={CSRF_HEADER: token})
        if case.operation.definition.raw["operationId"] == "sign_out_of_platform":
            del self._secrets[role]
        case.validate_response(response, headers={"Cookie": f"{SESSION_COOKIE}={secret}", CSRF_HEADER: token})


@pytest.fixture(scope="module")
def players(shared_world: World) -> Players:
    """One world for all operations."""
    world = shared_world
    with world.database.connect() as connection:  # nobody beats here, and fuzzing takes longer than a beat may
        connection.execute(text("UPDATE heartbeats SET seen_at = seen_at + interval '1 day'"))
    STAGE.app = world.app
    return Players(world)


def allowed(case: schemathesis.Case[Any]) -> str:
    """A role that may do the thing."""
    wanted = case.operation.definition.raw.get("x-permissions", [])
    return next((name for name, role in ROLES.items() if not wanted or role.grants.keys() & set(wanted)), "officer")


@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
def test_nothing_is_found(case: schemathesis.Case[Any], players: Players) -> None:
    players.aim(case)
    if case.meta is not None and case.meta.phase.name is TestPhase.COVERAGE:
        players.send(case, allowed(case))
        return
    for role in ROLES:
        players.send(case, role)
