"""Sessions on a database: one engine a process, made after it has forked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

LOCK_WAIT_MILLISECONDS = 5_000


def create_session_factory(
    url: str, *, info: Mapping[Any, Any] | None = None, pool_size: int = 8
) -> sessionmaker[Session]:
    """A factory of sessions on ``url`` (``postgresql+psycopg://...``).

    ``info`` reaches every session as ``session.info`` (the audit vault travels so). A lock is waited for at most
    five seconds, so that a stuck transaction makes the platform busy instead of silent.
    """
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        connect_args={"options": f"-c timezone=UTC -c lock_timeout={LOCK_WAIT_MILLISECONDS}"},
    )
    return sessionmaker(engine, expire_on_commit=False, info=dict(info or {}))
