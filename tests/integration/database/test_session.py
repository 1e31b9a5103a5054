"""What a command sends at the end travels with the commit, and is there for whatever follows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from database.session import PlatformSession, Send, platform_session
from database.transaction import in_transaction
from errors import Busy
from tests.conftest import Database

PUT = "INSERT INTO regions (code, name) VALUES ($1, $2)"


def put(code: str) -> Callable[[Send], None]:
    def write(send: Send) -> None:
        send(PUT, [code, "甲"])

    return write


def begun(session: Session) -> PlatformSession:
    """A session that has asked the driver something, as every command does first."""
    platform = platform_session(session)
    platform.send("SELECT 1", [])
    return platform


def count(session: Session) -> int:
    return int(session.execute(text("SELECT count(*) FROM regions")).scalar_one())


def test_what_is_sent_at_the_end_is_written_by_the_commit(session_factory: sessionmaker[Session]) -> None:
    with session_factory() as session:
        begun(session).at_end(put("1"))
        with session_factory() as other:
            assert count(other) == 0
        session.commit()

    with session_factory() as session:
        assert count(session) == 1


def test_a_transaction_may_consist_of_its_end(session_factory: sessionmaker[Session]) -> None:
    in_transaction(session_factory, lambda session: platform_session(session).at_end(put("1")))

    with session_factory() as session:
        assert count(session) == 1


def test_whatever_follows_sees_what_was_to_be_sent_at_the_end(session_factory: sessionmaker[Session]) -> None:
    with session_factory() as session:
        begun(session).at_end(put("1"))
        assert count(session) == 1
        begun(session).at_end(put("2"))
        session.commit()

    with session_factory() as session:
        assert count(session) == 2


@pytest.mark.parametrize("leave", ["rollback", "close"])
def test_a_transaction_that_is_left_sends_nothing(session_factory: sessionmaker[Session], leave: str) -> None:
    with session_factory() as session:
        begun(session).at_end(put("1"))
        getattr(session, leave)()
        session.commit()

    with session_factory() as session:
        assert count(session) == 0


def test_an_error_of_the_end_is_raised_by_the_commit_and_undoes_all(session_factory: sessionmaker[Session]) -> None:
    with session_factory() as session:
        begun(session).send(PUT, ["1", "甲"])
        platform_session(session).at_end(put("1"))
        with pytest.raises(IntegrityError):
            session.commit()

    with session_factory() as session:
        assert count(session) == 0
        begun(session).at_end(put("1"))
        session.commit()


def test_a_connection_that_breaks_with_the_commit_leaves_the_outcome_to_the_caller(
    session_factory: sessionmaker[Session], database: Database
) -> None:
    tried: list[int] = []

    def work(session: Session) -> None:
        tried.append(begun(session).driver.info.backend_pid)

        def cut_and_put(send: Send) -> None:
            with database.connect(database.superuser_url) as superuser:
                superuser.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": tried[-1]})
            put("1")(send)

        platform_session(session).at_end(cut_and_put)

    with pytest.raises(Busy, match="同一请求"):
        in_transaction(session_factory, work)

    assert len(tried) == 1
    with session_factory() as session:
        assert count(session) == 0
