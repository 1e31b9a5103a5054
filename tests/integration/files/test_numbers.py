"""Numbers of documents: without a gap in a region, kind and year, whoever issues at once, and fixed for good."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

import cases.models  # noqa: F401  # the tables that documents point to
from accounts.regions import create_region
from database.transaction import in_transaction
from files.documents.issue import issue_document
from files.documents.kinds import KINDS
from files.models import DocumentNumber, IssuedDocument
from tests.conftest import Database
from tests.unit.files.samples import sample

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CODES = ("110000", "120000")
STAGE = uuid4()
SHORT = {**sample(KINDS["void"]), "items": []}


@pytest.fixture
def sessions(database: Database, session_factory: sessionmaker[Session]) -> sessionmaker[Session]:
    """Two regions; the documents' stage case is a bare id, whose foreign key is lifted for these tests."""
    with database.connect() as connection:
        key = "fk_issued_documents_stage_case_id_stage_cases"
        connection.execute(text(f"ALTER TABLE issued_documents DROP CONSTRAINT {key}"))

    def work(session: Session) -> None:
        for code in CODES:
            create_region(session, None, code=code, name=f"地区{code}", parent_code=None, now=NOW)

    in_transaction(session_factory, work)
    return session_factory


def issuing(kind: str = "void", region: str = CODES[0], now: datetime = NOW) -> Callable[[Session], UUID]:
    """Issues one document."""

    def work(session: Session) -> UUID:
        issued = issue_document(session, None, kind, region_code=region, stage_case_id=STAGE, data=SHORT, now=now)
        return issued.id

    return work


def numbers(sessions: sessionmaker[Session], region: str = CODES[0]) -> list[int]:
    """The numbers of a region in order."""
    with sessions() as session:
        found = select(IssuedDocument.number).where(IssuedDocument.region_code == region)
        return list(session.scalars(found.order_by(IssuedDocument.year, IssuedDocument.number)))


class Change(Exception):
    """Somebody's transaction fails after it has issued."""


def test_many_at_once_get_numbers_without_a_gap_although_some_of_them_fail(sessions: sessionmaker[Session]) -> None:
    workers, rounds = 6, 5
    together = Barrier(workers)

    def work(session: Session) -> None:
        issuing()(session)
        raise Change

    def person(number: int) -> int:
        together.wait(timeout=30)
        failed = 0
        for turn in range(rounds):
            if (number + turn) % 3 == 0:
                with pytest.raises(Change):
                    in_transaction(sessions, work)
                failed += 1
            else:
                in_transaction(sessions, issuing())
        return failed

    with ThreadPoolExecutor(workers) as pool:
        failed = sum(pool.map(person, range(workers)))
    assert failed == 10
    assert numbers(sessions) == list(range(1, workers * rounds - failed + 1))


def test_each_region_kind_and_year_counts_for_itself(sessions: sessionmaker[Session]) -> None:
    for _ in range(2):
        in_transaction(sessions, issuing())
    in_transaction(sessions, issuing(region=CODES[1]))
    in_transaction(sessions, issuing(now=NOW + timedelta(days=60)))
    assert numbers(sessions) == [1, 2, 1]
    assert numbers(sessions, CODES[1]) == [1]
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(DocumentNumber)) == 3


@pytest.mark.parametrize(
    "change", ["number = 7", "data = '{}'", "year = 2020", "issued_at = now()", "kind = 'refusal'"]
)
def test_what_was_issued_cannot_be_changed(sessions: sessionmaker[Session], change: str) -> None:
    in_transaction(sessions, issuing())
    with sessions() as session, pytest.raises(DBAPIError, match="does not change"):
        session.execute(text(f"UPDATE issued_documents SET {change}"))


def test_data_that_does_not_fit_takes_no_number(sessions: sessionmaker[Session]) -> None:
    def work(session: Session) -> None:
        issue_document(session, None, "void", region_code=CODES[0], stage_case_id=STAGE, data={}, now=NOW)

    with pytest.raises(ValueError, match="missing"):
        in_transaction(sessions, work)
    in_transaction(sessions, issuing())
    assert numbers(sessions) == [1]
