"""A small world behind the HTTP layer, and the browsers of its people."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from processes.release import Release
from tests.conftest import Database

PASSWORD = "Parallel-Approval-2026"
CREDIT_CODE = "91210782MA0QCQ8H0C"
ADMINISTRATORS = ("system_administrator", "security_administrator", "audit_administrator")


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


OpenWorld = Callable[[], AbstractContextManager[World]]


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


def open_stage(world: World, number: int = 1, stage: str = "2") -> dict[str, Any]:
    """A project with a stage case that the applicant asked for online; the stage case."""
    applicant = world.client("applicant")
    project = applicant("POST", "/projects", project_body(number))
    assert project.status == 201, project.text
    engineering = applicant("GET", f"/engineerings?project_id={project.body['id']}").body["entries"][0]
    body = {"engineering_id": engineering["id"], "stage": stage, "process_type": "1", "channel": "online"}
    opened = applicant("POST", "/stage-cases", body)
    assert opened.status == 201, opened.text
    found: dict[str, Any] = opened.body
    return found


def task_of(client: Client, stage_case: dict[str, Any], name: str) -> dict[str, Any]:
    """The first open task of that name in the person's list."""
    found = client("GET", f"/tasks?stage_case_id={stage_case['id']}").body["entries"]
    return next(task for task in found if task["name"] == name)
