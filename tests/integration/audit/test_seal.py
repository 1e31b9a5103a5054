"""The sealer loses nothing, whoever commits when, and works once at a time."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from accounts.models import Region
from audit import seal
from audit.record import record
from audit.report import verify_database
from audit.seal import SEALER_LOCK, Horizon, publish
from database.clock import current_time
from database.transaction import in_transaction
from tests.integration.audit.conftest import CODES, History

ONE, TWO, THREE = CODES


def rename(session: Session, code: str) -> None:
    record(
        session,
        session.get_one(Region, code),
        actor=None,
        action="region.rename",
        recorded_at=current_time(session),
        after={"name": "新"},
    )


def settled(history: History) -> int:
    with history.database.connect() as connection:
        statement = "SELECT settled_id FROM audit_seals ORDER BY number DESC LIMIT 1"
        return int(connection.execute(text(statement)).scalar_one())


def unsealed(history: History) -> int:
    report = verify_database(history.database.url, history.data)
    assert report.findings == []
    return report.unsealed


def test_nothing_new_makes_no_seal(history: History) -> None:
    assert history.seal() == 3
    assert history.seal() is None
    assert unsealed(history) == 0


def test_an_entry_committed_after_later_ones_were_sealed_is_sealed_in_its_turn(history: History) -> None:
    history.seal()
    with history.sessions() as slow:
        rename(slow, ONE)  # its id is drawn, its commit is far
        in_transaction(history.sessions, lambda session: rename(session, TWO))
        assert history.seal() is not None
        in_transaction(history.sessions, lambda session: rename(session, THREE))
        assert history.seal() is not None
        assert unsealed(history) == 0
        slow.commit()
    assert unsealed(history) == 1
    assert history.seal() is not None
    assert unsealed(history) == 0


def test_the_settled_id_waits_for_the_writer_of_an_earlier_one_and_then_moves_on(history: History) -> None:
    history.seal()
    before = settled(history)
    with history.sessions() as slow:
        rename(slow, ONE)
        for _ in range(3):
            in_transaction(history.sessions, lambda session: rename(session, TWO))
            history.seal()
        assert settled(history) == before
        slow.rollback()
    in_transaction(history.sessions, lambda session: rename(session, TWO))
    history.seal()
    assert settled(history) == before + 5  # the id of the rolled back entry stays a gap


def test_the_settled_id_moves_on_though_somebody_is_always_writing() -> None:
    horizon = Horizon(10, 10)
    horizon = horizon.move(20, ["a"])
    assert horizon == Horizon(10, 20, ["a"])
    horizon = horizon.move(30, ["a", "b"])
    assert horizon == Horizon(10, 20, ["a"])
    horizon = horizon.move(40, ["b", "c"])
    assert horizon == Horizon(20, 40, ["b", "c"])
    assert horizon.move(50, []) == Horizon(50, 50)


def test_a_second_sealer_returns_at_once(history: History) -> None:
    with history.sessions() as first:
        first.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEALER_LOCK})
        assert history.seal() is None
    assert history.seal() == 3


def test_a_root_file_that_missed_seals_or_broke_off_is_brought_up_to_date(history: History) -> None:
    whole = history.root_file.read_bytes()
    for left in (b"", whole[:10], whole[:-1], whole):
        history.root_file.write_bytes(left)
        in_transaction(history.sessions, lambda session: publish(session, history.root_file))
        assert history.root_file.read_bytes() == whole


def test_the_application_role_can_seal_and_verify(history: History) -> None:
    with history.sessions() as session:
        assert session.execute(text("SELECT current_user")).scalar_one() == "binglian_app"
    assert history.seal() == 3


def test_a_seal_over_more_streams_than_a_batch_verifies(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "BATCH", 100)
    with history.database.connect() as connection:
        insert = "INSERT INTO regions (code, name) SELECT 'r' || n, 'r' FROM generate_series(1, 300) n"
        connection.execute(text(insert))

    def grow(session: Session) -> None:
        for number in range(1, 301):
            rename(session, f"r{number}")

    in_transaction(history.sessions, grow)
    assert history.seal() == 3
    assert unsealed(history) == 0
