"""Deliver a message of the outbox: to the holders of the post that it concerns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from cases.models.work import OutboxMessage
from database.clock import current_time

MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)

# A notice counts as delivered only when somebody holds the post; the same message reaches a person once.
TO_POST = text("""
    INSERT INTO notices (message_id, user_id, work_item_id, kind, delivered_at)
    SELECT DISTINCT CAST(:message AS uuid), a.user_id, w.id, :kind, CAST(:now AS timestamptz)
    FROM work_items w
    JOIN appointments a ON a.organisation_id = w.organisation_id AND a.role = w.role
    JOIN users u ON u.id = a.user_id AND u.status = 'active'
    WHERE w.id = CAST(:work_item AS uuid) AND a.valid_from <= :now AND (a.valid_until IS NULL OR a.valid_until > :now)
    ON CONFLICT (message_id, user_id) DO NOTHING
    RETURNING id
""")
TO_ORGANISATION = text("""
    INSERT INTO notices (message_id, user_id, kind, delivered_at)
    SELECT DISTINCT CAST(:message AS uuid), a.user_id, :kind, CAST(:now AS timestamptz)
    FROM stage_cases s
    JOIN appointments a ON a.organisation_id = CASE :whom WHEN 'lead' THEN s.lead_id ELSE s.applicant_id END
    JOIN users u ON u.id = a.user_id AND u.status = 'active'
    WHERE s.id = CAST(:stage_case AS uuid)
      AND a.valid_from <= :now AND (a.valid_until IS NULL OR a.valid_until > :now)
    ON CONFLICT (message_id, user_id) DO NOTHING
    RETURNING id
""")


class Undeliverable(Exception):
    """Nobody received the message; the text says why, in Chinese."""


def deliver_message(session: Session, message_id: UUID) -> bool:
    """Deliver one message; whether it was delivered now. One that is delivered, dead or in other hands is left alone.

    A message that nobody receives is tried again, later each time, and is dead after ``MOST_ATTEMPTS``: a matter for
    the supervisor, not a notice (DOMAIN U7).
    """
    message = session.scalar(
        select(OutboxMessage)
        .where(
            OutboxMessage.id == message_id,
            OutboxMessage.delivered_at.is_(None),
            OutboxMessage.dead_at.is_(None),
        )
        .with_for_update(skip_locked=True)
    )
    if message is None:
        return False
    now = current_time(session)
    message.attempts += 1
    try:
        CHANNELS.get(message.topic, _no_channel)(session, message, now)
    except Undeliverable as error:
        message.last_error = str(error)
        message.claimed_until = now + FIRST_PAUSE * 2**message.attempts
        message.dead_at = now if message.attempts >= MOST_ATTEMPTS else None
        return False
    message.delivered_at = now
    return True


def _to_post(session: Session, message: OutboxMessage, now: datetime) -> None:
    work_item = message.payload.get("work_item")
    if work_item is None:
        _to_lead(session, message, now)
        return
    values = {"message": message.id, "kind": message.topic, "now": now, "work_item": work_item}
    _require_receiver(session, TO_POST, values, "这个岗位现在没有人，通知没有送达；请联系安全管理员补人。")


def _to_lead(session: Session, message: OutboxMessage, now: datetime) -> None:
    _to_organisation(session, message, now, "lead", "牵头部门没有在岗人员，通知没有送达。")


def _to_applicant(session: Session, message: OutboxMessage, now: datetime) -> None:
    _to_organisation(session, message, now, "applicant", "申报单位没有账号，通知没有送达；请由窗口当面告知。")


def _to_organisation(session: Session, message: OutboxMessage, now: datetime, whom: str, vacant: str) -> None:
    values = {
        "message": message.id,
        "kind": message.topic,
        "now": now,
        "whom": whom,
        "stage_case": message.payload["stage_case"],
    }
    _require_receiver(session, TO_ORGANISATION, values, vacant)


def _require_receiver(session: Session, statement: Any, values: dict[str, Any], vacant: str) -> None:
    if not session.execute(statement, values).scalars().all():
        raise Undeliverable(vacant)


def _no_channel(session: Session, message: OutboxMessage, now: datetime) -> None:
    raise Undeliverable(f"没有处理“{message.topic}”的通道。")


Channel = Callable[[Session, OutboxMessage, datetime], None]

CHANNELS: dict[str, Channel] = {
    "task_opened": _to_post,
    "limit_passed": _to_post,
    "planning_report": _to_applicant,
    "receipt": _to_applicant,
    "stage_completed": _to_applicant,
    "stage_void": _to_applicant,
}
"""Topic -> what delivers it."""
