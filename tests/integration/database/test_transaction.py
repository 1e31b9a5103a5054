"""The transaction boundary: what is tried again, what is refused, what passes through."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from database import connect
from database.connect import create_session_factory
from database.transaction import ATTEMPTS, Stale, in_transaction
from errors import Busy, Conflict, NotFound
from tests.conftest import Database

SHOWN = ("timezone", "lock_timeout", "idle_in_transaction_session_timeout")


def names(sessions: sessionmaker[Session]) -> dict[str, str]:
    with sessions() as session:
        return {row.code: row.name for row in session.execute(text("SELECT code, name FROM regions"))}


def put(session: Session, *codes: str) -> str:
    for code in codes:
        session.execute(text("INSERT INTO regions (code, name) VALUES (:code, '甲')"), {"code": code})
    return "done"


def rename(session: Session, code: str, name: str) -> None:
    session.execute(text("UPDATE regions SET name = :name WHERE code = :code"), {"code": code, "name": name})


def test_what_the_work_returned_is_returned_after_the_commit(session_factory: sessionmaker[Session]) -> None:
    assert in_transaction(session_factory, lambda session: put(session, "1")) == "done"
    assert names(session_factory) == {"1": "甲"}


def test_a_refusal_rolls_back_and_passes_through(session_factory: sessionmaker[Session]) -> None:
    def work(session: Session) -> None:
        put(session, "1")
        raise NotFound("nothing", "没有。")

    with pytest.raises(NotFound):
        in_transaction(session_factory, work)
    assert names(session_factory) == {}


def test_stale_work_is_done_anew_in_a_new_transaction(session_factory: sessionmaker[Session]) -> None:
    tried: list[Session] = []

    def work(session: Session) -> None:
        put(session, "1")
        tried.append(session)
        if len(tried) < 3:
            raise Stale

    in_transaction(session_factory, work)
    assert len(set(map(id, tried))) == len(tried) == 3
    assert names(session_factory) == {"1": "甲"}


def test_work_that_always_loses_is_refused_as_busy(session_factory: sessionmaker[Session]) -> None:
    tried = []

    def work(session: Session) -> None:
        tried.append(session)
        raise Stale

    with pytest.raises(Busy) as refused:
        in_transaction(session_factory, work)
    assert (len(tried), refused.value.code) == (ATTEMPTS, "busy")


def test_a_deadlock_is_resolved_by_trying_again(session_factory: sessionmaker[Session]) -> None:
    in_transaction(session_factory, lambda session: put(session, "1", "2"))
    both_hold_one = threading.Barrier(2, timeout=20)
    tried = []

    def cross(first: str, second: str) -> None:
        def work(session: Session) -> None:
            tried.append(first)
            rename(session, first, first + second)
            if len(tried) <= 2:
                both_hold_one.wait()
            rename(session, second, first + second)

        in_transaction(session_factory, work)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(cross, "12", "21"))
    assert len(tried) == 3
    assert set(names(session_factory).values()) in ({"12"}, {"21"})


def test_two_who_take_the_same_unique_value_at_once_one_sees_the_other(
    session_factory: sessionmaker[Session],
) -> None:
    both_looked = threading.Barrier(2, timeout=20)
    tried = []

    def take(_number: int) -> str:
        def work(session: Session) -> str:
            found = session.execute(text("SELECT FROM regions WHERE code = '1'")).one_or_none()
            tried.append(found)
            if len(tried) <= 2:
                both_looked.wait()
            if found is not None:
                return "taken"
            put(session, "1")
            return "mine"

        return in_transaction(session_factory, work)

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(take, range(2))) == ["mine", "taken"]


def test_a_value_that_is_always_taken_passes_through(session_factory: sessionmaker[Session]) -> None:
    with pytest.raises(IntegrityError):
        in_transaction(session_factory, lambda session: put(session, "1", "1"))


def test_a_taken_value_in_words_is_looked_at_once_more(session_factory: sessionmaker[Session]) -> None:
    seen: list[int] = []

    def work(session: Session) -> None:
        try:
            put(session, "1", "1")
        except IntegrityError as error:
            seen.append(len(seen))
            raise Conflict("taken", f"第 {len(seen)} 次") from error

    with pytest.raises(Conflict, match="第 2 次"):
        in_transaction(session_factory, work)
    assert seen == [0, 1]


def test_a_wrong_statement_is_not_tried_again(session_factory: sessionmaker[Session]) -> None:
    tried = []

    def work(session: Session) -> None:
        tried.append(session)
        session.execute(text("SELECT * FROM nowhere"))

    with pytest.raises(DBAPIError, match="nowhere"):
        in_transaction(session_factory, work)
    assert len(tried) == 1


def test_a_lock_that_is_held_too_long_is_refused_as_busy(session_factory: sessionmaker[Session]) -> None:
    in_transaction(session_factory, lambda session: put(session, "1"))

    def work(session: Session) -> None:
        session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        rename(session, "1", "乙")

    with session_factory() as holder:
        rename(holder, "1", "丙")
        with pytest.raises(Busy) as refused:
            in_transaction(session_factory, work)
    assert refused.value.code == "locked"


def test_work_whose_connection_breaks_is_done_anew(database: Database, session_factory: sessionmaker[Session]) -> None:
    tried = []

    def work(session: Session) -> None:
        backend = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        tried.append(backend)
        if len(tried) == 1:
            with database.connect(database.superuser_url) as killer:
                killer.execute(text("SELECT pg_terminate_backend(:backend, 5000)"), {"backend": backend})
        put(session, "1")

    in_transaction(session_factory, work)
    assert len(set(tried)) == len(tried) == 2
    assert names(session_factory) == {"1": "甲"}


def test_a_transaction_that_nobody_goes_on_with_lets_its_locks_go(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "IDLE_MILLISECONDS", 50)
    sessions = connect.create_session_factory(database.url)
    with sessions() as gone, database.connect() as other:
        gone.execute(text("SELECT pg_advisory_xact_lock(1)"))
        other.execute(text("SELECT pg_advisory_xact_lock(1)"))  # waits until the server has ended the other
        with pytest.raises(DBAPIError):
            gone.execute(text("SELECT 1"))
    sessions.kw["bind"].dispose()


def test_a_database_that_cannot_be_reached_is_refused_as_busy(database: Database) -> None:
    sessions = create_session_factory(database.url.replace(database.name, "nowhere"))
    with pytest.raises(Busy) as refused:
        in_transaction(sessions, lambda session: session.execute(text("SELECT 1")))
    assert refused.value.code == "database_unavailable"
    sessions.kw["bind"].dispose()


def test_every_session_counts_in_utc_and_waits_for_locks_for_seconds_only(session: Session) -> None:
    shown = [session.execute(text(f"SHOW {name}")).scalar_one() for name in SHOWN]
    assert shown == ["UTC", "5s", "2min"]
