"""Claim what is due: a lease on rows, so that any number of scanners share the work and a lost one loses nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from cases.models.work import INSIDE, OUTSIDE, WAITING

LEASE = timedelta(minutes=2)

# Each WHERE repeats the condition of the table's partial index, so that rows that are held or over cost nothing. That
# of the limits does not hold ``claimed_until``: a claim writes the row and none of its many indexes, and the next look
# passes over what is claimed, which the room in the queue bounds (decision 0136).
_CLAIM = """
    UPDATE {table} SET claimed_until = :until WHERE id IN (
        SELECT id FROM {table} WHERE {waiting} ORDER BY {order} LIMIT :most FOR UPDATE SKIP LOCKED
    ) RETURNING id
"""
_DUE = """fired_at IS NULL AND cancelled_at IS NULL AND NOT held AND NOT provisional
    AND due_at < :now AND (claimed_until IS NULL OR claimed_until < :now)"""
_DUE_ROWS = text(_CLAIM.format(table="due_rows", waiting=_DUE, order="due_at"))
_NEXT = "coalesce(claimed_until, created_at)"
_INSIDE, _OUTSIDE = (
    text(_CLAIM.format(table="outbox", waiting=f"{WAITING} AND {which} AND {_NEXT} < :now", order=_NEXT))
    for which in (INSIDE, OUTSIDE)
)


def claim_due_rows(session: Session, most: int, now: datetime) -> list[UUID]:
    """The ids of at most ``most`` limits that passed before ``now`` (an act at the due instant is in time).

    A provisional due is not claimed: nothing follows from it until its year is announced.
    """
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
