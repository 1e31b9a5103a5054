"""A region with the reference pack, its organisations, and people who hold the posts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session, sessionmaker

from audit.vault import VAULT, Vault
from cases.releases import RELEASES, vocabulary
from database.connect import create_session_factory
from processes.install import Releases
from processes.loader import PACKS, load_folder
from processes.release import Release
from tests.conftest import Database
from tests.integration.cases.world import World


@pytest.fixture(scope="session")
def release() -> Release:
    """The reference pack."""
    return load_folder(PACKS / "beizhen", vocabulary())


@pytest.fixture
def sessions(database: Database, vault: Vault, release: Release) -> Iterator[sessionmaker[Session]]:
    """Sessions as a process of the platform has them."""
    releases = Releases(vocabulary())
    releases.add(release)
    factory = create_session_factory(database.url, info={VAULT: vault, RELEASES: releases}, pool_size=48)
    yield factory
    factory.kw["bind"].dispose()


@pytest.fixture
def world(sessions: sessionmaker[Session], release: Release, database: Database) -> World:
    """The region, installed."""
    return World.install(sessions, release, database)
