"""Real servers for the tests: every pytest process has its own PostgreSQL and Valkey, every test its own database.

A database is a clone of one that was migrated once. Its clock can be moved.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import redis
from argon2 import PasswordHasher
from hypothesis import settings
from sqlalchemy import Connection, create_engine
from sqlalchemy.orm import Session, sessionmaker

from accounts import passwords
from audit.vault import VAULT, Vault
from database import clock, migrate
from database.connect import create_session_factory
from launcher.postgres import OWNER, SUPERUSER, PrivatePostgres
from launcher.valkey import PrivateValkey

settings.register_profile("any machine", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("any machine")

TEMPLATE = "template_platform"
MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3  # copying a database costs a quarter there


@dataclass(frozen=True)
class Database:
    """One throw-away database: its URLs by role, and hands on its clock."""

    name: str
    url: str
    owner_url: str
    superuser_url: str

    @contextmanager
    def connect(self, url: str | None = None) -> Iterator[Connection]:
        """A transaction as the owner (or as whom ``url`` says), committed at the end of the block."""
        engine = create_engine(url or self.owner_url)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def move_clock(self, by: timedelta) -> None:
        """Let time pass."""
        with self.connect() as connection:
            clock.move_clock(connection, by)

    def set_clock(self, instant: datetime) -> None:
        """Let the platform's time run on from ``instant``."""
        with self.connect() as connection:
            clock.set_clock(connection, instant)

    @property
    def now(self) -> datetime:
        """The platform's time."""
        with self.connect() as connection:
            return clock.current_time(connection)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash passwords at the least cost: the real one is for attackers, not for tests."""
    costly, passwords.hasher = passwords.hasher, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield
    passwords.hasher = costly


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """A private server of this pytest process, with the migrated template; in memory where there is room."""
    memory = MEMORY if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM else None
    folder = Path(mkdtemp(prefix="binglian-tests-", dir=memory))
    try:
        with PrivatePostgres(folder, durable=False, connections=200) as server:
            server.create_database(TEMPLATE)
            migrate.upgrade(server.url(TEMPLATE, OWNER), server.url(TEMPLATE))
            engine = create_engine(server.url(TEMPLATE, OWNER))
            with engine.begin() as connection:
                clock.install_movable_clock(connection)
            engine.dispose()
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


NUMBERS = count(1)


def clone(server: PrivatePostgres, template: str) -> Database:
    """A new database like ``template``, to which nobody may be connected meanwhile."""
    name = f"test_{os.getpid()}_{next(NUMBERS)}"
    server.create_database(name, template=template)
    return Database(name, server.url(name), server.url(name, OWNER), server.url(name, SUPERUSER))


@pytest.fixture(scope="session")
def make_database(postgres: PrivatePostgres) -> Callable[[], Database]:
    """Clones a fresh database; for fixtures of a wider scope than one test."""
    return lambda: clone(postgres, TEMPLATE)


@pytest.fixture
def database(make_database: Callable[[], Database], postgres: PrivatePostgres) -> Iterator[Database]:
    """A database for this test alone."""
    made = make_database()
    yield made
    postgres.drop_database(made.name)


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The platform's data folder of this pytest process: keys and seals."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def vault(data_folder: Path) -> Vault:
    """The vault of the audit details."""
    return Vault.open(data_folder / "keys")


@contextmanager
def sessions_on(url: str, vault: Vault, info: Mapping[Any, Any] | None = None) -> Iterator[sessionmaker[Session]]:
    """A session factory like the platform's own with ``info`` in its sessions, closed at the end of the block."""
    factory = create_session_factory(url, info={VAULT: vault, **(info or {})})
    try:
        yield factory
    finally:
        factory.kw["bind"].dispose()


@pytest.fixture
def session_factory(database: Database, vault: Vault) -> Iterator[sessionmaker[Session]]:
    """Sessions on ``database`` as the application role."""
    with sessions_on(database.url, vault) as factory:
        yield factory


@pytest.fixture
def session(session_factory: sessionmaker[Session]) -> Iterator[Session]:
    """One session as the application role; nothing is committed unless the test does it."""
    with session_factory() as opened:
        yield opened


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateValkey]:
    """A private Redis-protocol server of this pytest process."""
    with PrivateValkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
def valkey(valkey_server: PrivateValkey) -> str:
    """The Redis URL of an empty server."""
    with redis.Redis.from_url(valkey_server.url) as connection:
        connection.flushall()
    return valkey_server.url
