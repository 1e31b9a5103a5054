"""Content without a row is dropped in time, and content with one never, whoever sweeps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from database.clock import current_time
from database.transaction import in_transaction
from files.local_store import UNUSED_SECONDS, LocalStore
from files.receive_file import accept_file
from files.scanning import NoScanner
from files.store import SECTIONS, STORE, Content
from files.sweep_store import SECONDS_PER_SECTION, sweep_store
from files.upload_file import keep_content
from tests.conftest import Database


@pytest.fixture
def store(session_factory: sessionmaker[Session], tmp_path: Path) -> LocalStore:
    """The store of the sessions."""
    made = LocalStore(tmp_path / "files")
    session_factory.kw["info"][STORE] = made
    return made


def keep(sessions: sessionmaker[Session], store: LocalStore, text: bytes, *, fails: bool) -> Content:
    """An upload from a day ago whose transaction fails, or does not."""
    with store.receive(1000) as incoming:
        incoming.write(b"%PDF-1.7 " + text)
        received = accept_file(incoming, NoScanner(), "图.pdf")

    def work(session: Session) -> None:
        now = current_time(session)
        keep_content(session, received.content, received.media_type, received.scan, now=now)
        if fails:
            raise LookupError

    if fails:
        with pytest.raises(LookupError):
            in_transaction(sessions, work)
    else:
        in_transaction(sessions, work)
    path = store.path(received.content.sha256)
    then = path.stat().st_mtime - UNUSED_SECONDS - 60
    os.utime(path, (then, then))
    return received.content


def test_in_eleven_days_every_content_without_a_row_is_dropped_and_no_other(
    session_factory: sessionmaker[Session], store: LocalStore, database: Database
) -> None:
    sessions = session_factory
    lost = [keep(sessions, store, b"lost %d" % number, fails=True) for number in range(5)]
    held = [keep(sessions, store, b"held %d" % number, fails=False) for number in range(5)]

    begin = int(database.now.timestamp())
    hours = [
        database.now.fromtimestamp(begin + hour * SECONDS_PER_SECTION, database.now.tzinfo) for hour in range(SECTIONS)
    ]

    assert sum(sweep_store(sessions, now) for now in hours) == len(lost)
    assert [store.path(content.sha256).exists() for content in lost] == [False] * 5
    assert [store.path(content.sha256).exists() for content in held] == [True] * 5
