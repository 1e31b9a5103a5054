"""A small world behind the HTTP layer: a region with the real pack, its organisations, and one person a role."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
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
from accounts.tokens import create_api_token
from accounts.users import create_user
from api.app import create_app
from audit.vault import VAULT, Vault
from cases.models import (
    Copy,
    DueRow,
    Heartbeat,
    Incident,
    ItemCase,
    Notice,
    OutboxMessage,
    ProcessInstance,
    Reminder,
)
from cases.releases import RELEASES, vocabulary
from database.clock import current_time
from database.connect import create_session_factory
from files.attach_file import attach_file
from files.documents.issue import issue_document
from files.documents.kinds import KINDS
from files.local_store import LocalStore
from files.receive_file import accept_file
from files.scanning import SCANNER, NoScanner
from files.store import STORE, store_of
from files.upload_file import upload_file
from launcher.valkey import PrivateValkey
from processes.install import Releases, install
from processes.loader import PACKS, load_folder
from processes.release import Release
from settings import Settings
from tests.conftest import Database
from tests.unit.files.samples import sample

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
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        prefix: str = "/api/v1",
        **options: Any,
    ) -> Reply:
        """Send a request under ``prefix``."""
        sent = dict(headers or {})
        if method != "GET" and self.csrf:
            sent.setdefault("X-CSRF-Token", self.csrf)
        if body is not None:
            options["json"] = body
        return Reply.of(self.browser.open(prefix + path, method=method, headers=sent, **options))


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
        info = {
            VAULT: vault,
            RELEASES: releases,
            STORE: LocalStore(data_folder / "files"),
            SCANNER: NoScanner(),
        }
        sessions = create_session_factory(database.url, info=info)
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


def project_body(number: int = 1) -> dict[str, Any]:
    """The registration of a project of the world's unit."""
    return {
        "region_code": "210782",
        "code": f"2101-210782-04-01-{number:06}",
        "fixed_asset_investment": True,
        "name": f"第{number}小学教学楼",
        "credit_code": CREDIT_CODE,
        "address": "广宁街道",
        "scale": "新建教学楼一栋",
        "total_investment": "4200.5",
    }


def open_stage(world: World, number: int = 1) -> dict[str, Any]:
    """A project with a stage case that the applicant asked for online; the stage case."""
    applicant = world.client("applicant")
    project = applicant("POST", "/projects", project_body(number))
    assert project.status == 201, project.text
    engineering = applicant("GET", f"/engineerings?project_id={project.body['id']}").body["entries"][0]
    body = {"engineering_id": engineering["id"], "stage": "2", "process_type": "1", "channel": "online"}
    opened = applicant("POST", "/stage-cases", body)
    assert opened.status == 201, opened.text
    found: dict[str, Any] = opened.body
    return found


def task_of(client: Client, stage_case: dict[str, Any], name: str) -> dict[str, Any]:
    """The first open task of that name in the person's list."""
    found = client("GET", f"/tasks?stage_case_id={stage_case['id']}").body["entries"]
    return next(task for task in found if task["name"] == name)


def known_file(session: Session, user_id: UUID, stage_case_id: UUID) -> UUID:
    """A file that somebody uploaded for a stage case."""
    person = Person(user_id)
    now = current_time(session)
    with store_of(session).receive(1000) as incoming:
        incoming.write(b"%PDF-1.7 site plan")
        received = accept_file(incoming, NoScanner(), "总平面图.pdf")
    made = upload_file(session, person, received, now=now)
    attach_file(session, person, made, subject="stage_case_id", subject_id=stage_case_id, purpose="material", now=now)
    return made.id


@dataclass(frozen=True)
class Person:
    """Who acts, as far as the audit asks."""

    user_id: UUID
    address: str | None = None


def told_rows(session: Session, stage_case: dict[str, Any], task: dict[str, Any], owner: UUID) -> dict[str, str]:
    """A notice of somebody else, a reminder of a task, and a red matter."""
    now = current_time(session)
    message = OutboxMessage(
        topic="light",
        payload={"title": "红灯"},
        created_at=now,
        last_error="岗位空缺",
        problem="vacant",
        region_code=stage_case["region_code"],
    )
    session.add(message)
    session.flush()
    notice = Notice(message_id=message.id, user_id=owner, kind="light", title="红灯", delivered_at=now)
    reminder = Reminder(
        stage_case_id=UUID(stage_case["id"]),
        work_item_id=UUID(task["id"]),
        organisation_id=UUID(task["organisation_id"]),
        role=task["role"],
        text="请尽快办理",
        sent_at=now,
    )
    session.add_all([notice, reminder])
    session.flush()
    return {"notice_id": str(notice.id), "reminder_id": str(reminder.id), "matter_id": str(message.id)}


def known_rows(world: World) -> dict[str, str]:
    """Rows that a request can be about, by the name of the path's parameter; nobody in ``people`` is among them."""
    stage_case = open_stage(world)
    task = task_of(world.client("lead_officer"), stage_case, "接收申请")
    with world.sessions() as session:
        now, unit, lead = current_time(session), world.organisations["unit"], world.people["lead_officer"]
        spare = create_user(
            session,
            None,
            username="spare",
            display_name="外部系统",
            organisation_id=unit,
            password=None,
            now=now,
        )
        appointment = appoint(session, None, user_id=spare.id, organisation_id=unit, role="api_client", now=now)
        ends = now + timedelta(days=30)
        token, _ = create_api_token(
            session, None, user_id=spare.id, name="备用", scopes=["task.read"], expires_at=ends, now=now
        )
        instance = session.scalars(select(ProcessInstance)).first()
        assert instance is not None
        incident = Incident(
            instance_id=instance.id,
            element_id="receive_application",
            reason="演练",
            trace="",
            command={"name": "complete_task", "task": task["id"], "values": {}, "actor": str(lead)},
            status="open",
            created_at=now,
        )
        item_case = ItemCase(
            stage_case_id=UUID(stage_case["id"]),
            item_code="015",
            name="初步设计审批",
            department_id=world.organisations["approval"],
            main=True,
            pledge=False,
            predecessors=[],
            opened_at=now,
        )
        limit = DueRow(
            instance_id=instance.id,
            task_id=UUID(stage_case["id"]),
            element_id="",
            kind="stage",
            limit_text="20WD",
            started_at=now,
            due_at=now + timedelta(days=30),
            stage_case_id=UUID(stage_case["id"]),
            region_code=world.region_code,
        )
        copy = Copy(
            stage_case_id=UUID(stage_case["id"]),
            work_item_id=UUID(task["id"]),
            organisation_id=world.organisations["natural_resources"],
            made_by=lead,
            made_at=now,
            cause="choice",
        )
        session.add_all([incident, item_case, limit, copy])
        told = told_rows(session, stage_case, task, spare.id)
        file_id = known_file(session, world.people["applicant"], UUID(stage_case["id"]))
        document = issue_document(
            session,
            None,
            "void",
            region_code=world.region_code,
            stage_case_id=UUID(stage_case["id"]),
            data=sample(KINDS["void"]),
            now=now,
        )
        session.commit()
        return {
            **told,
            "file_id": str(file_id),
            "document_id": str(document.id),
            "organisation_id": str(unit),
            "user_id": str(spare.id),
            "appointment_id": str(appointment.id),
            "token_id": str(token.id),
            "incident_id": str(incident.id),
            "task_id": task["id"],
            "limit_id": str(limit.id),
            "stage_case_id": stage_case["id"],
            "engineering_id": stage_case["engineering_id"],
            "project_id": stage_case["project_id"],
            "item_case_id": str(item_case.id),
            "copy_id": str(copy.id),
            "release_id": world.release.id,
            "name": "stage.bpmn",
            "form_id": "receive_application",
        }
