"""A person reads a copy."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.models.copies import Copy, CopyReading
from cases.queries.copies import my_copies
from errors import NotFound


def read_copy(session: Session, actor: Actor, copy_id: UUID, now: datetime) -> None:
    """Note that the actor has read the copy; the first time counts. Raises ``NotFound`` for somebody else's."""
    if session.execute(my_copies(actor).where(Copy.id == copy_id)).one_or_none() is None:
        raise NotFound("copy_not_found", "没有这份抄送，或它不是抄送给您的岗位的。")
    reading = insert(CopyReading).values(copy_id=copy_id, user_id=actor.user_id, read_at=now)
    session.execute(reading.on_conflict_do_nothing())
