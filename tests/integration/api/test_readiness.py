"""Health and readiness over HTTP, and what goes on without Redis or without the database."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from api.app import create_app
from audit.vault import VAULT, Vault
from cases.releases import RELEASES, vocabulary
from database.connect import create_session_factory
from processes.install import Releases
from settings import Settings
from tests.integration.api.known import known_rows
from tests.integration.api.world import PASSWORD, Client, World, problem, sign_in

NOT_THERE = "unix:///nowhere/valkey.sock"
CHECKS = ("database", "redis", "release", "worker", "scan", "due", "audit")


def readiness(app: Flask) -> tuple[int, dict[str, bool]]:
    """Status of ``/readyz`` and what of it is ready."""
    reply = Client(app)("GET", "/readyz", prefix="")
    checks: list[dict[str, Any]] = reply.body["checks"]
    assert reply.body["ready"] is all(check["ready"] for check in checks)
    assert all(check["message"] for check in checks)
    return reply.status, {check["name"]: check["ready"] for check in checks}


def app_with(world: World, **changes: Any) -> Flask:
    """The world's app with other settings."""
    return create_app(replace(settings_of(world), **changes), world.sessions)


def settings_of(world: World) -> Settings:
    """The settings of the world's app."""
    settings = world.app.extensions["binglian"].settings
    assert isinstance(settings, Settings)
    return settings


def test_the_platform_is_ready_when_everything_stands(world: World) -> None:
    status, checks = readiness(world.app)
    assert status == 200
    assert checks == dict.fromkeys(CHECKS, True)
    assert Client(world.app)("GET", "/healthz", prefix="").body == {"status": "ok"}


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "database"),
        ("UPDATE releases SET in_force_from = NULL", "release"),
        ("UPDATE releases SET in_force_from = in_force_from + interval '1 day'", "release"),
        ("DELETE FROM heartbeats WHERE kind = 'worker'", "worker"),
        ("UPDATE heartbeats SET seen_at = seen_at - interval '2 minutes' WHERE kind = 'scan'", "scan"),
        ("GRANT UPDATE ON audit_entries TO binglian_app", "audit"),
    ],
)
def test_what_is_missing_is_named(world: World, change: str, missing: str) -> None:
    with world.database.connect() as connection:
        connection.execute(text(change))
    status, checks = readiness(world.app)
    assert status == 503
    assert [name for name, ready in checks.items() if not ready] == [missing]
    assert Client(world.app)("GET", "/healthz", prefix="").status == 200


def test_limits_that_nobody_acts_on_are_named(world: World) -> None:
    known_rows(world)
    with world.database.connect() as connection:
        connection.execute(text("UPDATE due_rows SET due_at = platform_now() - interval '4 minutes'"))
    assert readiness(world.app) == (200, dict.fromkeys(CHECKS, True))
    with world.database.connect() as connection:
        connection.execute(text("UPDATE due_rows SET due_at = platform_now() - interval '6 minutes'"))
    assert readiness(world.app) == (503, {**dict.fromkeys(CHECKS, True), "due": False})


@pytest.fixture
def silent_redis() -> Iterator[str]:
    """The address of something that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_without_redis_people_go_on_working(world: World) -> None:
    app = app_with(world, redis_url=NOT_THERE)
    status, checks = readiness(app)
    assert status == 503
    assert [name for name, ready in checks.items() if not ready] == ["redis"]
    assert sign_in(app, "officer")("GET", "/tasks").status == 200


def test_a_redis_that_never_answers_holds_nobody_up(world: World, silent_redis: str) -> None:
    app = app_with(world, redis_url=silent_redis)
    assert readiness(app)[1]["redis"] is False
    assert sign_in(app, "officer")("GET", "/tasks").status == 200


def test_without_the_database_the_answer_is_busy(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://binglian_app@/platform?host={tmp_path}"
    releases = Releases(vocabulary())
    sessions = create_session_factory(url, info={VAULT: Vault.open(tmp_path / "keys"), RELEASES: releases})
    app = create_app(Settings(url, url, NOT_THERE, tmp_path), sessions)
    assert readiness(app) == (
        503,
        dict.fromkeys(CHECKS, False),
    )
    client = Client(app)
    client.browser.set_cookie("binglian_session", "x" * 43)
    for reply in (
        client("GET", "/tasks"),
        client("POST", "/sessions", {"username": "officer", "password": PASSWORD}),
    ):
        assert problem(reply) == (503, "database_unavailable")
        assert int(reply.headers["Retry-After"]) >= 1
    assert client("GET", "/healthz", prefix="").status == 200
    sessions.kw["bind"].dispose()
