"""Recording stands or falls with the change, in order, whoever writes at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from accounts.models import Region
from accounts.regions import create_region
from audit.chain import read_details
from audit.models import AuditEntry
from audit.protection import audit_protected
from audit.record import record
from audit.refusals import record_refusal
from audit.vault import VAULT, vault_of
from database.clock import current_time
from database.connect import create_session_factory
from database.transaction import in_transaction
from tests.conftest import Database
from tests.integration.audit.conftest import CODES, History


def test_an_entry_says_who_what_when_and_keeps_before_and_after(session: Session) -> None:
    now = current_time(session)
    region = create_region(session, None, code="110000", name="甲", parent_code=None, now=now)
    record(
        session,
        region,
        actor=None,
        action="region.rename",
        recorded_at=now,
        before={"name": "甲"},
        after={"name": "乙"},
        reason="更名",
    )
    entry = session.execute(select(AuditEntry.__table__).where(AuditEntry.sequence == 2)).mappings().one()
    assert (entry["stream_kind"], entry["stream_id"]) == ("regions", "110000")
    assert (entry["object_type"], entry["object_id"]) == ("regions", "110000")
    assert (entry["action"], entry["result"], entry["recorded_at"]) == ("region.rename", "done", now)
    details = read_details(dict(entry), vault_of(session))
    assert details == {"before": {"name": "甲"}, "after": {"name": "乙"}, "reason": "更名"}


def test_an_act_that_cannot_be_audited_does_not_happen(database: Database) -> None:
    sessions = create_session_factory(database.url)  # no vault
    with pytest.raises(KeyError, match=VAULT):
        in_transaction(
            sessions,
            lambda session: create_region(
                session, None, code="110000", name="甲", parent_code=None, now=current_time(session)
            ),
        )
    with sessions() as session:
        assert session.get(Region, "110000") is None
    sessions.kw["bind"].dispose()


def test_a_rolled_back_change_leaves_no_entry(session_factory: sessionmaker[Session]) -> None:
    with session_factory() as session:
        create_region(session, None, code="110000", name="甲", parent_code=None, now=current_time(session))
        session.rollback()
        assert session.execute(select(AuditEntry.id)).all() == []


def test_writers_of_one_stream_at_the_same_time_make_one_chain(history: History) -> None:
    def write(_number: int) -> None:
        def work(session: Session) -> None:
            region = session.get_one(Region, CODES[0])
            record(session, region, actor=None, action="region.touch", recorded_at=current_time(session))

        in_transaction(history.sessions, work)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(40)))
    assert history.found() == set()


def test_a_refused_attempt_is_kept_though_its_transaction_is_rolled_back(
    session_factory: sessionmaker[Session], session: Session
) -> None:
    record_refusal(
        session_factory,
        actor=None,
        action="project.create",
        object_type="projects",
        object_id="new",
        details={"code": "classified"},
        address="10.0.0.9",
    )
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.stream_kind, entry.stream_id, entry.result) == ("audit_streams", "platform", "refused")
    assert entry.address == "10.0.0.9"


def test_readiness_learns_whether_the_audit_is_protected(database: Database, session: Session) -> None:
    assert audit_protected(session)
    owners = create_session_factory(database.owner_url)
    with owners() as owner:
        assert not audit_protected(owner)
    owners.kw["bind"].dispose()


def test_inserting_a_row_that_refers_to_the_head_of_a_stream_is_not_held_up(
    session_factory: sessionmaker[Session],
) -> None:
    def create(session: Session) -> None:
        create_region(session, None, code="110000", name="甲", parent_code=None, now=current_time(session))

    in_transaction(session_factory, create)
    with session_factory() as writer, session_factory() as other:
        region = writer.get_one(Region, "110000")
        record(writer, region, actor=None, action="region.touch", recorded_at=current_time(writer))
        other.execute(text("SET lock_timeout = '100ms'"))
        other.execute(text("INSERT INTO regions (code, name, parent_code) VALUES ('110001', '子', '110000')"))
