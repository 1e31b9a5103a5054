"""Deliver one message of the outbox: notified means that a holder of the post has it in his inbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from accounts.models import Appointment, User
from accounts.posts import holds
from cases.models.instances import WorkItem
from cases.models.stages import StageCase
from cases.models.work import Notice, OutboxMessage
from database.clock import current_time

MOST_ATTEMPTS = 12
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=4)

Post = tuple[UUID, str]


class Undeliverable(Exception):
    """The message cannot be delivered now; the text says why, in Chinese."""


def deliver_outbox(session: Session, message_id: UUID) -> bool:
    """Deliver the message once; False when it is delivered, dead, or in another worker's hands.

    What cannot be delivered (the post is vacant, nobody handles the topic) is tried again after a growing pause and
    is dead after ``MOST_ATTEMPTS``; the row keeps the reason.
    """
    claim = select(OutboxMessage).where(OutboxMessage.id == message_id).with_for_update(skip_locked=True)
    message = session.scalars(claim).one_or_none()
    if message is None or message.delivered_at or message.dead_at:
        return False
    now = current_time(session)
    message.attempts += 1
    try:
        with session.begin_nested():
            _notify(session, message, now)
    except Undeliverable as reason:
        _postpone(message, str(reason), now)
        return False
    message.delivered_at, message.last_error = now, None
    return True


def _postpone(message: OutboxMessage, reason: str, now: datetime) -> None:
    message.last_error = reason
    message.claimed_until = now + min(FIRST_PAUSE * 2 ** (message.attempts - 1), LONGEST_PAUSE)
    if message.attempts >= MOST_ATTEMPTS:
        message.dead_at = now


def _notify(session: Session, message: OutboxMessage, now: datetime) -> None:
    addressed = ADDRESSED.get(message.topic)
    if addressed is None:
        raise Undeliverable(f"没有处理“{message.topic}”类消息的通道")
    post, work_item_id = addressed(session, message.payload)
    organisation_id, role = post
    holders = session.scalars(
        select(Appointment.user_id)
        .join(User, User.id == Appointment.user_id)
        .where(Appointment.organisation_id == organisation_id, Appointment.role == role, holds(now))
    ).all()
    if not holders:
        raise Undeliverable("岗位空缺，无人可通知")
    rows = [
        {
            "message_id": message.id,
            "user_id": holder,
            "work_item_id": work_item_id,
            "kind": message.topic,
            "delivered_at": now,
        }
        for holder in holders
    ]
    session.execute(insert(Notice).values(rows).on_conflict_do_nothing())


def _post_of_task(session: Session, payload: dict[str, Any]) -> tuple[Post, UUID | None]:
    task = session.get_one(WorkItem, UUID(payload["work_item"]))
    return (task.organisation_id, task.role), task.id


def _post_of_limit(session: Session, payload: dict[str, Any]) -> tuple[Post, UUID | None]:
    """The limit of a task concerns its post, any other limit of the stage its lead department."""
    if payload["work_item"]:
        return _post_of_task(session, payload)
    stage_case = session.get_one(StageCase, UUID(payload["stage_case"]))
    return (stage_case.lead_id, "lead_officer"), None


def _applicant(session: Session, payload: dict[str, Any]) -> tuple[Post, UUID | None]:
    stage_case = session.get_one(StageCase, UUID(payload["stage_case"]))
    return (stage_case.applicant_id, "applicant"), None


ADDRESSED: dict[str, Callable[[Session, dict[str, Any]], tuple[Post, UUID | None]]] = {
    "task_opened": _post_of_task,
    "limit_passed": _post_of_limit,
    "planning_report": _applicant,
    "receipt": _applicant,
    "stage_completed": _applicant,
    "stage_void": _applicant,
}
