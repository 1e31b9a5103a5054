"""Claim what is due: a lease on rows, so that any number of scanners share the work and a lost one loses nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from cases.models.work import INSIDE, OUTSIDE, WAITING

LEASE = timedelta(minutes=2)

# Each WHERE repeats the condition of the table's partial index, so that rows that are held or over cost nothing.
_CLAIM = """
    UPDATE {table} SET claimed_until = :until WHERE id IN (
        SELECT id FROM {table} WHERE {waiting} AND coalesce(claimed_until, {since}) < :now
        ORDER BY coalesce(claimed_until, {since}) LIMIT :most FOR UPDATE SKIP LOCKED
    ) RETURNING id
"""
_DUE_ROWS = text(
    _CLAIM.format(table="due_rows", since="due_at", waiting="fired_at IS NULL AND cancelled_at IS NULL AND NOT held")
)
_INSIDE, _OUTSIDE = (
    text(_CLAIM.format(table="outbox", since="created_at", waiting=f"{WAITING} AND {which}"))
    for which in (INSIDE, OUTSIDE)
)


def claim_due_rows(session: Session, most: int, now: datetime) -> list[UUID]:
    """The ids of at most ``most`` limits that passed before ``now`` (an act at the due instant is in time)."""
    return _claim(session, _DUE_ROWS, most, now)


def claim_messages(session: Session, most: int, now: datetime) -> list[UUID]:
    """The ids of at most ``most`` messages of the outbox that wait for delivery on the platform."""
    return _claim(session, _INSIDE, most, now)


def claim_outside(session: Session, most: int, now: datetime) -> list[UUID]:
    """The ids of at most ``most`` messages that wait for a server outside (mail, webhook), which may hang."""
    return _claim(session, _OUTSIDE, most, now)


def _claim(session: Session, statement: TextClause, most: int, now: datetime) -> list[UUID]:
    parameters = {"now": now, "until": now + LEASE, "most": most}
    return list(session.execute(statement, parameters).scalars())
