"""The platform that a run of scenarios plays on: one for all of them, put back to its beginning before each."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from datetime import datetime
from time import monotonic

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import create_engine, make_url

from audit.seal import ROOT_FILE
from database import clock
from features.selection import current
from features.steps.desk import ZONE
from launcher.postgres import SUPERUSER
from launcher.system import Plan, Platform

# a Monday of a year whose calendar is published: the days of a run do not depend on when it runs
FIRST_MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
BEGINNING = "beginning"
UNTOUCHED = ("alembic_version", "heartbeats")
ATTEMPTS = 10
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s) ORDER BY tablename"

PUT_BACK = sql.SQL("INSERT INTO public.{} OVERRIDING SYSTEM VALUE SELECT * FROM {}.{}")
_SCHEMA = sql.Identifier(BEGINNING)


class Beginning:
    """What the database and the seals' file of a throw-away platform held when this was made.

    Who has signed in stays signed in: signing in is slow on purpose, and the scenarios have the same people.
    """

    def __init__(self, platform: Platform) -> None:
        url = make_url(platform.settings.owner_url)
        self._host, self._database = str(url.query["host"]), str(url.database)
        self._seals = platform.settings.data / "seals" / ROOT_FILE
        self._seals.parent.mkdir(mode=0o700, exist_ok=True)
        self._sealed = self._seals.stat().st_size if self._seals.exists() else 0  # before the rows: it lags behind them
        with self._connect() as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            self._tables = [sql.Identifier(name) for (name,) in connection.execute(TABLES, [list(UNTOUCHED)])]
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(_SCHEMA))
            for table in self._tables:
                connection.execute(sql.SQL("CREATE TABLE {}.{} AS TABLE public.{}").format(_SCHEMA, table, table))

    def restore(self) -> None:
        """Put everything back, clock included, while the platform runs."""
        for attempt in range(ATTEMPTS):
            try:
                with self._seals.open("a+b") as seals, self._connect() as connection:
                    fcntl.flock(seals, fcntl.LOCK_EX)  # in the sealer's order: the file, then its table
                    self._put_back(connection)
                    seals.truncate(self._sealed)
                    return
            except (psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable):
                if attempt == ATTEMPTS - 1:
                    raise

    def _put_back(self, connection: psycopg.Connection) -> None:
        connection.execute("SET LOCAL lock_timeout = '3s'")
        connection.execute("SET LOCAL session_replication_role = replica")  # no triggers: this is no change of a case
        connection.execute("CREATE TEMPORARY TABLE signed_in ON COMMIT DROP AS TABLE public.sessions")
        connection.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(sql.SQL(", ").join(self._tables)))
        for table in self._tables:
            connection.execute(sql.SQL("DELETE FROM public.{}").format(table))
            connection.execute(PUT_BACK.format(table, _SCHEMA, table))
        connection.execute(
            "INSERT INTO public.sessions SELECT * FROM signed_in WHERE user_id IN (SELECT id FROM public.users)"
        )

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=self._host, dbname=self._database, user=SUPERUSER)


def begin(owner_url: str) -> None:
    """Give a fresh platform a clock that moves, and begin on the first morning."""
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        clock.install_movable_clock(connection)
        clock.set_clock(connection, FIRST_MORNING)
    engine.dispose()


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A throw-away platform with web, scan and worker processes, on the pack that the run is about."""
    folder, pack = tmp_path_factory.mktemp("platform"), current().pack
    plan = Plan(folder, port=0, workers=1, throw_away=True, prepare=begin, pack=pack)
    with Platform(plan, lambda text: None) as running:
        yield running


@pytest.fixture(scope="session")
def beginning(platform: Platform) -> Beginning:
    """What the platform held before the first scenario."""
    return Beginning(platform)


@pytest.fixture(autouse=True)
def fresh_platform(platform: Platform, beginning: Beginning) -> None:
    """Every scenario finds the platform as the first one did."""
    platform.supervisor.tick(monotonic())
    beginning.restore()
