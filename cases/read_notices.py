"""The inbox: mark notices as read, and say where further notices go."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, Select, func, select, update
from sqlalchemy.orm import Session

from accounts.actor import Actor
from accounts.models import User
from audit.record import record
from cases.models.work import Notice
from errors import NotFound


def my_notices(actor: Actor) -> Select[Notice]:
    """What reached the actor; order (delivered_at, id)."""
    return select(Notice).where(Notice.user_id == actor.user_id)


def count_unread(session: Session, actor: Actor) -> int:
    """How many notices the actor has not read."""
    unread = select(func.count()).select_from(Notice)
    return session.scalar(unread.where(Notice.user_id == actor.user_id, Notice.read_at.is_(None))) or 0


def read_notice(session: Session, actor: Actor, notice_id: UUID, now: datetime) -> Notice:
    """Mark one notice of the actor as read; it keeps the first time. Raises ``NotFound``."""
    notice = session.scalar(my_notices(actor).where(Notice.id == notice_id).with_for_update())
    if notice is None:
        raise NotFound("notice_not_found", "没有这条通知，或它不是发给您的。")
    notice.read_at = notice.read_at or now
    return notice


def read_notices_until(session: Session, actor: Actor, until: datetime, now: datetime) -> int:
    """Mark what reached the actor until then as read; how many were unread."""
    statement = (
        update(Notice)
        .where(Notice.user_id == actor.user_id, Notice.read_at.is_(None), Notice.delivered_at <= until)
        .values(read_at=now)
    )
    result: Any = session.execute(statement)
    assert isinstance(result, CursorResult)
    return result.rowcount


def set_mail_address(session: Session, actor: Actor, email: str | None, now: datetime) -> User:
    """Where the actor gets notices by mail; None: nowhere."""
    user = session.get_one(User, actor.user_id, with_for_update={"key_share": True})
    if user.email != email:
        before, user.email = {"email": user.email}, email
        record(session, user, actor=actor, action="user.email", recorded_at=now, before=before, after={"email": email})
    return user
