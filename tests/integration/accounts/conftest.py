"""A small world: a province with two cities, a department and a window in one, an applicant, and administrators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from accounts.actor import Actor
from accounts.authenticate import authenticate_session
from accounts.models import User
from accounts.organisations import create_organisation
from accounts.posts import appoint
from accounts.regions import create_region
from accounts.sign_in import sign_in
from accounts.users import create_user
from audit.vault import Vault
from database.clock import current_time
from database.transaction import in_transaction
from launcher.postgres import PrivatePostgres
from tests.conftest import Database, clone, sessions_on

Result = TypeVar("Result")

PASSWORD = "Correct-Horse-7"
REGIONS = (("99", "甲省", None), ("9901", "乙市", "99"), ("990101", "丙区", "9901"), ("9902", "丁市", "99"))
ORGANISATIONS = (
    ("province", "99", "省厅", "department"),
    ("city", "9901", "市政府", "city"),
    ("planning", "9901", "市自然资源局", "department"),
    ("window", "9901", "市政务大厅", "window"),
    ("district", "990101", "区住建局", "department"),
    ("elsewhere", "9902", "丁市住建局", "department"),
    ("applicant", "9901", "某建设公司", "applicant"),
)
PEOPLE = (
    ("system", "city", "system_administrator"),
    ("security", "city", "security_administrator"),
    ("auditor", "city", "audit_administrator"),
    ("clerk", "window", "window_clerk"),
    ("officer", "planning", "officer"),
    ("lead", "planning", "lead_officer"),
    ("provincial", "province", "provincial_supervisor"),
    ("applicant", "applicant", "applicant"),
    ("machine", "city", "api_client"),
)


@dataclass(frozen=True)
class World:
    """Organisations and people by short names; every password is ``PASSWORD``."""

    database: Database
    sessions: sessionmaker[Session]
    organisations: dict[str, UUID]
    people: dict[str, UUID]

    def do(self, work: Callable[[Session, datetime], Result]) -> Result:
        """Run work in one transaction, with the platform's time."""
        return in_transaction(self.sessions, lambda session: work(session, current_time(session)))

    def sign_in(self, name: str) -> Actor:
        """The actor of a new session of somebody."""
        return self.actor(sign_in(self.sessions, name, PASSWORD).secret)

    def actor(self, secret: str) -> Actor:
        """The actor of a session."""
        return self.do(lambda session, now: authenticate_session(session, secret, now))

    def user(self, name: str) -> User:
        """The row of somebody."""
        return self.do(lambda session, _: session.scalars(select(User).where(User.username == name)).one())


@pytest.fixture(scope="session")
def world_template(make_database: Callable[[], Database], vault: Vault) -> World:
    """The world as the platform itself makes it, once; nobody is connected to it afterwards."""
    database = make_database()
    with sessions_on(database.url, vault) as sessions:
        made = World(database, sessions, {}, {})
        made.do(lambda session, now: settle(session, now, made))
    return made


@pytest.fixture
def world(world_template: World, postgres: PrivatePostgres, vault: Vault) -> Iterator[World]:
    """See :class:`World`; for this test alone."""
    database = clone(postgres, world_template.database.name)
    with sessions_on(database.url, vault) as sessions:
        yield replace(world_template, database=database, sessions=sessions)
    postgres.drop_database(database.name)


def settle(session: Session, now: datetime, made: World) -> None:
    """Create the organisations and people of ``made``."""
    for code, name, parent in REGIONS:
        create_region(session, None, code=code, name=name, parent_code=parent, now=now)
    for code, region, name, kind in ORGANISATIONS:
        row = create_organisation(session, None, region_code=region, code=code, name=name, kind=kind, now=now)
        made.organisations[code] = row.id
    for username, organisation, role in PEOPLE:
        where = made.organisations[organisation]
        user = create_user(
            session,
            None,
            username=username,
            display_name=f"{username}某",
            organisation_id=where,
            password=PASSWORD if username != "machine" else None,
            must_change_password=False,
            now=now,
        )
        appoint(session, None, user_id=user.id, organisation_id=where, role=role, now=now)
        made.people[username] = user.id
