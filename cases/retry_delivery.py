"""Try a notice again that reached nobody: its post is held again, or its channel works again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from accounts.actor import Actor
from accounts.models import User
from audit.record import record
from cases.models.work import OutboxMessage
from cases.queries.red_matters import visible_matters
from errors import NotFound


def retry_delivery(session: Session, actor: Actor, message_id: UUID, now: datetime) -> None:
    """Let the message be delivered at the next look, with all its attempts before it; raises ``NotFound``.

    It stays a red matter until it is delivered.
    """
    statement = visible_matters(actor).where(OutboxMessage.id == message_id).with_for_update(of=OutboxMessage)
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound("matter_not_found", "没有这件红色事项，或它已经送达，或不在您的管理范围内。")
    message: OutboxMessage = row.OutboxMessage
    message.attempts, message.dead_at, message.claimed_until = 0, None, None
    record(
        session,
        session.get_one(User, actor.user_id),
        actor=actor,
        action="matter.retry",
        recorded_at=now,
        object_type="outbox",
        object_id=message.id,
        after={"reason": message.last_error},
    )
