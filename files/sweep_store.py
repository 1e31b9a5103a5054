"""Drop the content that transactions which failed left in the store: no row knows it, and nobody can reach it."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from database.transaction import in_transaction
from files.models import StoredFile
from files.store import SECTIONS, STORE, Store

SECONDS_PER_SECTION = 3600

log = structlog.get_logger(__name__)


def sweep_store(sessions: sessionmaker[Session], now: datetime) -> int:
    """Sweep the section of the store whose hour it is, so that all have been swept in eleven days; how many contents.

    Any number of processes may do so at once.
    """
    store: Store = sessions.kw["info"][STORE]
    section = int(now.timestamp()) // SECONDS_PER_SECTION % SECTIONS

    def known(digests: list[str]) -> set[str]:
        wanted = select(StoredFile.sha256).where(StoredFile.sha256.in_(digests))
        return in_transaction(sessions, lambda session: set(session.scalars(wanted)))

    dropped = store.sweep(section, known)
    if dropped:
        log.info("unused content dropped", section=section, contents=dropped)
    return dropped
