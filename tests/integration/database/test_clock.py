"""The one clock, and the throw-away databases in which it can be moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from accounts.regions import create_region
from database import clock, migrate
from database.transaction import in_transaction
from launcher.postgres import OWNER, SUPERUSER, PrivatePostgres
from tests.conftest import Database

A_SECOND = timedelta(seconds=1)


@pytest.fixture
def real_database(postgres: PrivatePostgres, database: Database) -> Iterator[Database]:
    """A database as a city has it: its clock is the server's."""
    name = database.name + "_real"
    postgres.create_database(name)
    made = Database(name, postgres.url(name), postgres.url(name, OWNER), postgres.url(name, SUPERUSER))
    migrate.upgrade(made.owner_url, made.url)
    yield made
    postgres.drop_database(name)


def test_the_clock_is_aware_runs_and_moves_inside_a_transaction(session: Session) -> None:
    first, second = clock.current_time(session), clock.current_time(session)
    assert first.tzinfo is UTC
    assert first < second


def test_a_real_database_has_the_server_time_and_nobody_can_move_it(real_database: Database) -> None:
    with real_database.connect() as connection:
        now = clock.current_time(connection)
        assert abs(now - connection.execute(text("SELECT clock_timestamp()")).scalar_one()) < A_SECOND
        assert not clock.clock_is_movable(connection)
        with pytest.raises(clock.ClockIsFixed):
            clock.move_clock(connection, timedelta(days=1))


def test_a_database_with_history_keeps_its_time(database: Database, session_factory: sessionmaker[Session]) -> None:
    in_transaction(
        session_factory,
        lambda session: create_region(
            session, None, code="11", name="甲", parent_code=None, now=clock.current_time(session)
        ),
    )
    with database.connect() as connection, pytest.raises(clock.ClockIsFixed):
        clock.install_movable_clock(connection)


def test_a_moved_clock_runs_on_and_open_sessions_see_it(database: Database, session: Session) -> None:
    before = clock.current_time(session)
    database.move_clock(timedelta(days=3))
    assert timedelta(days=3) <= clock.current_time(session) - before < timedelta(days=3, minutes=1)
    instant = datetime(2026, 10, 1, 8, 30, tzinfo=UTC)
    database.set_clock(instant)
    assert instant <= clock.current_time(session) < instant + timedelta(minutes=1)


def test_the_application_role_cannot_move_the_clock(session: Session) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("UPDATE clock_offset SET shift = interval '1 day'"))


def test_the_application_role_cannot_replace_the_clock(session: Session) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        session.execute(text("CREATE OR REPLACE FUNCTION platform_now() RETURNS timestamptz LANGUAGE sql RETURN now()"))


def test_installing_twice_keeps_the_offset(database: Database) -> None:
    database.move_clock(timedelta(days=1))
    moved = database.now
    with database.connect() as connection:
        clock.install_movable_clock(connection)
    assert database.now - moved < timedelta(minutes=1)
