"""A small world behind the HTTP layer: a region with the real pack, its organisations, and one person a role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from accounts.models import Organisation
from accounts.organisations import create_organisation
from accounts.posts import appoint
from accounts.regions import create_region
from accounts.roles import ROLES
from accounts.users import create_user
from api.app import create_app
from audit.vault import Vault
from cases.models import (
    Heartbeat,
)
from cases.releases import RELEASES, vocabulary
from database.clock import current_time
from files.local_store import LocalStore
from files.scanning import SCANNER, NoScanner
from files.store import STORE
from launcher.postgres import PrivatePostgres
from launcher.valkey import PrivateValkey
from processes.install import Releases, install
from processes.loader import PACKS, load_folder
from processes.release import Release
from settings import Settings
from tests.conftest import Database, clone, sessions_on
from tests.integration.api.world import CREDIT_CODE, PASSWORD, OpenWorld, World

HOME = {"applicant": "unit", "window_clerk": "natural_resources_window", "lead_officer": "natural_resources"}


@dataclass(frozen=True)
class Settled:
    """A region with its organisations and people, in a database to be copied."""

    template: str
    organisations: Mapping[str, UUID]
    people: Mapping[str, UUID]


@pytest.fixture(scope="session")
def pack() -> Release:
    """The Beizhen pack, loaded once."""
    return load_folder(PACKS / "beizhen", vocabulary())


@pytest.fixture(scope="session")
def settled(make_database: Callable[[], Database], vault: Vault, pack: Release) -> Settled:
    """The region as the platform itself settles it, once; nobody is connected to its database afterwards."""
    database = make_database()
    with sessions_on(database.url, vault) as sessions, sessions() as session:
        people = _settle(session, pack)
        session.commit()
        organisations = dict(session.execute(select(Organisation.code, Organisation.id)).all())
    return Settled(database.name, organisations, people)


@pytest.fixture(scope="session")
def open_world(
    postgres: PrivatePostgres,
    valkey_server: PrivateValkey,
    vault: Vault,
    pack: Release,
    data_folder: Path,
    settled: Settled,
) -> OpenWorld:
    """Opens a world of its own on a copy of the settled region; for fixtures of any scope."""

    @contextmanager
    def opened() -> Iterator[World]:
        database = clone(postgres, settled.template)
        with database.connect() as connection:
            connection.execute(text("UPDATE heartbeats SET seen_at = platform_now()"))
        releases = Releases(vocabulary())
        releases.add(pack)
        info = {RELEASES: releases, STORE: LocalStore(data_folder / "files"), SCANNER: NoScanner()}
        with sessions_on(database.url, vault, info) as sessions:
            settings = Settings(database.url, database.owner_url, valkey_server.url, data_folder)
            app = create_app(settings, sessions, {"beizhen-4-1a": "原则上所有项目需经业务协同平台统一进行策划生成。"})
            region_code = pack.region.code
            yield World(database, sessions, app, pack, region_code, settled.organisations, settled.people)
        postgres.drop_database(database.name)

    return opened


@pytest.fixture
def world(open_world: OpenWorld, valkey: str) -> Iterator[World]:
    """A world for this test alone."""
    with open_world() as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_world(open_world: OpenWorld) -> Iterator[World]:
    """A world for tests of one module that do not disturb each other."""
    with open_world() as opened:
        yield opened


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
