"""A region with the reference pack, its organisations, and people who hold the posts.

What many tests begin with is made once: each test has a copy of the database in which it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy.orm import Session, sessionmaker

from audit.vault import VAULT, Vault
from cases.releases import RELEASES, vocabulary
from database.connect import create_session_factory
from launcher.postgres import PrivatePostgres
from processes.install import Releases
from processes.loader import PACKS, load_folder
from processes.release import Release
from tests.conftest import TEMPLATE, Database, clone
from tests.integration.cases.stage_points import Points
from tests.integration.cases.world import World

Preparation = Callable[[World], UUID]
Prepare = Callable[[Release, Preparation | None], "Prepared"]
ENOUGH = 48
"""Connections for the tests in which many act at once."""


@dataclass(frozen=True)
class Prepared:
    """A world to be copied: its database, to which nobody is connected, the time in it, and the stage case if any."""

    world: World
    now: datetime
    stage_case: UUID | None


@contextmanager
def sessions_of(database: Database, vault: Vault, release: Release) -> Iterator[sessionmaker[Session]]:
    """Sessions as a process of the platform has them, closed at the end of the block."""
    releases = Releases(vocabulary())
    releases.add(release)
    factory = create_session_factory(database.url, info={VAULT: vault, RELEASES: releases}, pool_size=ENOUGH)
    yield factory
    factory.kw["bind"].dispose()


@pytest.fixture(scope="session")
def release() -> Release:
    """The reference pack."""
    return load_folder(PACKS / "beizhen", vocabulary())


@pytest.fixture(scope="session")
def prepare(postgres: PrivatePostgres, vault: Vault) -> Prepare:
    """Installs a release, and brings a stage on from there as a preparation says, each once."""
    made: dict[tuple[str, Preparation | None], Prepared] = {}

    def prepared(release: Release, preparation: Preparation | None) -> Prepared:
        key = release.id, preparation
        if key not in made:
            template = TEMPLATE if preparation is None else prepared(release, None).world.database.name
            database, stage_case = clone(postgres, template), None
            with sessions_of(database, vault, release) as sessions:
                if preparation is None:
                    world = World.install(sessions, release, database)
                else:
                    world = prepared(release, None).world.copy(sessions, database)
                    stage_case = preparation(world)
            made[key] = Prepared(world, database.now, stage_case)
        return made[key]

    return prepared


@pytest.fixture(scope="module")
def preparation() -> Preparation | None:
    """How the stage case comes about with which the tests of a module begin; a module that has one says it here."""
    return None


@pytest.fixture
def beginning(
    request: pytest.FixtureRequest, prepare: Prepare, release: Release, preparation: Preparation | None
) -> Prepared | None:
    """What the test begins with, by what it asks for: nothing, the region, or the stage case of its module."""
    if "world" not in request.fixturenames:
        return None
    return prepare(release, preparation if "stage_case" in request.fixturenames else None)


@pytest.fixture
def database(postgres: PrivatePostgres, beginning: Prepared | None) -> Iterator[Database]:
    """A database for this test alone."""
    made = clone(postgres, TEMPLATE if beginning is None else beginning.world.database.name)
    if beginning is not None:
        made.set_clock(beginning.now)
    yield made
    postgres.drop_database(made.name)


@pytest.fixture
def sessions(database: Database, vault: Vault, release: Release) -> Iterator[sessionmaker[Session]]:
    """Sessions as a process of the platform has them."""
    with sessions_of(database, vault, release) as factory:
        yield factory


@pytest.fixture(scope="session")
def points(postgres: PrivatePostgres, release: Release, vault: Vault) -> Iterator[Points]:
    """Where random plays may begin."""
    with closing(Points(postgres, release, vault)) as made:
        yield made


@pytest.fixture
def world(sessions: sessionmaker[Session], beginning: Prepared, database: Database) -> World:
    """The region, installed, and whom the preparation met there."""
    return beginning.world.copy(sessions, database)


@pytest.fixture
def stage_case(beginning: Prepared) -> UUID:
    """The stage case of the module's preparation."""
    assert beginning.stage_case is not None
    return beginning.stage_case
