"""Sessions on a database: one engine a process, made after it has forked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from database.driver import Driver
from database.session import PlatformSession

LOCK_WAIT_MILLISECONDS = 5_000
IDLE_MILLISECONDS = 120_000  # longer than a job or a request may take: whoever is silent for so long is gone


def create_session_factory(
    url: str, *, info: Mapping[Any, Any] | None = None, pool_size: int = 8
) -> sessionmaker[Session]:
    """A factory of sessions on ``url`` (``postgresql+psycopg://...``).

    ``info`` reaches every session as ``session.info`` (the audit vault travels so). A lock is waited for at most
    five seconds, so that a stuck transaction makes the platform busy instead of silent; a transaction whose process
    is gone without a word (its host lost power) is ended by the server, and with it what it locks.
    """
    options = f"-c timezone=UTC -c lock_timeout={LOCK_WAIT_MILLISECONDS}"
    options += f" -c idle_in_transaction_session_timeout={IDLE_MILLISECONDS}"
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        pool_reset_on_return=None,  # a session rolls back what it has not committed
        connect_args={"options": options},
    )
    event.listen(engine, "do_connect", _connect)
    return sessionmaker(engine, class_=PlatformSession, expire_on_commit=False, info=dict(info or {}))


def _connect(dialect: object, record: object, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    return Driver.connect(*arguments, **keywords)
