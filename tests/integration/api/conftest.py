"""A small world behind the HTTP layer: a region with the real pack, its organisations, and one person a role."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from accounts import passwords
from accounts.models import Organisation
from accounts.organisations import create_organisation
from accounts.posts import appoint
from accounts.regions import create_region
from accounts.roles import ROLES
from accounts.users import create_user
from api.app import create_app
from audit.vault import VAULT, Vault
from cases.models import Heartbeat
from cases.releases import RELEASES, vocabulary
from database.clock import current_time
from database.connect import create_session_factory
from launcher.valkey import PrivateValkey
from processes.install import Releases, install
from processes.loader import PACKS, load_folder
from processes.release import Release
from settings import Settings
from tests.conftest import Database

PASSWORD = "Parallel-Approval-2026"
CREDIT_CODE = "91210782MA0QCQ8H0C"
ADMINISTRATORS = ("system_administrator", "security_administrator", "audit_administrator")
HOME = {"applicant": "unit", "window_clerk": "natural_resources_window", "lead_officer": "natural_resources"}


@dataclass
class World:
    """The database behind the app and who is in it; ``people`` maps a role to its person's user name and id."""

    database: Database
    sessions: sessionmaker[Session]
    app: Flask
    release: Release
    region_code: str
    organisations: Mapping[str, UUID]
    people: Mapping[str, UUID]
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """The signed-in client of the person with ``role``; signed in once."""
        if role not in self.clients:
            self.clients[role] = sign_in(self.app, role)
        return self.clients[role]


@dataclass(frozen=True)
class Reply:
    """An answer: ``body`` is its JSON, None without any."""

    status: int
    body: Any
    headers: Headers
    text: str

    @classmethod
    def of(cls, response: TestResponse) -> Reply:
        """What a test looks at of ``response``."""
        text = response.get_data().decode(errors="replace")
        body = json.loads(text) if "json" in (response.content_type or "") else None
        return cls(response.status_code, body, response.headers, text)


class Client:
    """A browser: keeps the session cookie, and sends the CSRF token with what changes something."""

    def __init__(self, app: Flask) -> None:
        self.browser: FlaskClient = app.test_client()
        self.csrf = ""

    def __call__(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> Reply:
        """Send a request under ``/api/v1``."""
        sent = dict(headers or {})
        if method != "GET" and self.csrf:
            sent.setdefault("X-CSRF-Token", self.csrf)
        if body is not None:
            options["json"] = body
        return Reply.of(self.browser.open(f"/api/v1{path}", method=method, headers=sent, **options))


def sign_in(app: Flask, username: str, password: str = PASSWORD) -> Client:
    """A client signed in as ``username``."""
    client = Client(app)
    response = client("POST", "/sessions", {"username": username, "password": password})
    assert response.status == 201, response.text
    client.csrf = response.body["csrf_token"]
    return client


def problem(reply: Reply) -> tuple[int, str]:
    """Status and code of a problem document, which it must be, whole."""
    assert reply.headers["Content-Type"] == "application/problem+json", reply.text
    document = reply.body
    assert document["status"] == reply.status
    assert document["title"]
    assert document["detail"]
    assert document["request_id"] == reply.headers["X-Request-ID"]
    assert document["type"] == f"urn:binglian:problem:{document['code']}"
    return reply.status, document["code"]


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """The slow hash at its lowest cost: its strength is not what these tests are about."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def pack() -> Release:
    """The Beizhen pack, loaded once."""
    return load_folder(PACKS / "beizhen", vocabulary())


@pytest.fixture(scope="session")
def make_world(
    make_database: Callable[[], Database],
    valkey_server: PrivateValkey,
    vault: Vault,
    pack: Release,
    data_folder: Path,
    cheap_passwords: None,
) -> Iterator[Callable[[], World]]:
    """Makes a world of its own; for fixtures of any scope."""
    factories = []

    def make() -> World:
        database = make_database()
        releases = Releases(vocabulary())
        releases.add(pack)
        sessions = create_session_factory(database.url, info={VAULT: vault, RELEASES: releases})
        factories.append(sessions)
        with sessions() as session:
            people = _settle(session, pack)
            session.commit()
            organisations = dict(session.execute(select(Organisation.code, Organisation.id)).all())
        settings = Settings(database.url, database.owner_url, valkey_server.url, data_folder)
        app = create_app(settings, sessions, {"beizhen-4-1a": "原则上所有项目需经业务协同平台统一进行策划生成。"})
        return World(database, sessions, app, pack, pack.region.code, organisations, people)

    yield make
    for factory in factories:
        factory.kw["bind"].dispose()


@pytest.fixture
def world(make_world: Callable[[], World], valkey: str) -> World:
    """A world for this test alone."""
    return make_world()


@pytest.fixture(scope="module")
def shared_world(make_world: Callable[[], World]) -> World:
    """A world for tests of one module that do not disturb each other."""
    return make_world()


def _settle(session: Session, pack: Release) -> dict[str, UUID]:
    now = current_time(session)
    region = pack.region
    for entry in (region.parent, region):
        if entry is not None:
            parent = entry.parent.code if entry.parent else None
            create_region(session, None, code=entry.code, name=entry.name, parent_code=parent, now=now)
    ids: dict[str, UUID] = {}
    for body in pack.organisations.values():
        ids[body.code] = create_organisation(
            session,
            None,
            region_code=region.code,
            code=body.code,
            name=body.name,
            kind=body.kind,
            parent_id=ids[body.parent] if body.parent else None,
            function=body.function,
            now=now,
        ).id
    ids["unit"] = create_organisation(
        session,
        None,
        region_code=region.code,
        code="unit",
        name="北镇城建投资有限公司",
        kind="applicant",
        credit_code=CREDIT_CODE,
        now=now,
    ).id
    install(session, pack, now)
    for kind in ("worker", "scan"):
        session.add(Heartbeat(kind=kind, host="test", pid=1, seen_at=now))
    return {role: _person(session, role, ids) for role in ROLES}


def _person(session: Session, role: str, organisations: Mapping[str, UUID]) -> UUID:
    now = current_time(session)
    home = organisations[HOME.get(role, "approval")]
    user = create_user(
        session,
        None,
        username=role,
        display_name=ROLES[role].title,
        organisation_id=home,
        password=PASSWORD,
        must_change_password=False,
        now=now,
    )
    appoint(session, None, user_id=user.id, organisation_id=home, role=role, now=now)
    return user.id
