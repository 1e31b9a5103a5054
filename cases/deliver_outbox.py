"""Deliver one message of the outbox: notified means that a holder of the post has it in his inbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cases.addresses import ADDRESSED, Addressed, Unneeded, holders, name_of_post
from cases.channels import Undelivered, channels_of
from cases.models.stages import StageCase
from cases.models.work import Notice, OutboxMessage
from cases.policies import POLICIES
from database.clock import current_time

MOST_ATTEMPTS = 12
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=4)
# Who had to be told is told: late or not follows from the instants.
TOLD = text("""
    UPDATE due_rows SET cancelled_at = :now WHERE task_id = :task AND kind = 'notice' AND cancelled_at IS NULL
""")


class Undeliverable(Exception):
    """The message cannot be delivered now; the text says why, in Chinese. ``to`` is the post that nobody holds."""

    def __init__(self, reason: str, to: Addressed | None = None) -> None:
        super().__init__(reason)
        self.to = to


def deliver_outbox(session: Session, message_id: UUID) -> bool:
    """Deliver the message once; False when it is delivered, dead, or in another worker's hands.

    What cannot be delivered (the post is vacant, a channel fails, nobody handles the topic) is tried again after a
    growing pause and is dead after ``MOST_ATTEMPTS``; the row keeps the reason, and is a red matter meanwhile (U7).
    """
    claim = select(OutboxMessage).where(OutboxMessage.id == message_id).with_for_update(skip_locked=True)
    message = session.scalars(claim).one_or_none()
    if message is None or message.delivered_at or message.dead_at:
        return False
    now = current_time(session)
    message.attempts += 1
    try:
        with session.begin_nested():
            _deliver(session, message, now)
    except Unneeded as reason:
        message.dead_at, message.last_error, message.problem = now, str(reason), None
        return False
    except (Undeliverable, Undelivered) as reason:
        _postpone(session, message, reason, now)
        return False
    message.delivered_at, message.last_error, message.problem = now, None, None
    return True


def _postpone(session: Session, message: OutboxMessage, reason: Exception, now: datetime) -> None:
    message.last_error = str(reason)
    message.claimed_until = now + min(FIRST_PAUSE * 2 ** (message.attempts - 1), LONGEST_PAUSE)
    if message.attempts >= MOST_ATTEMPTS:
        message.dead_at = now
    to = reason.to if isinstance(reason, Undeliverable) else None
    if to is not None:
        message.problem, message.organisation_id, message.role = "vacant", to.organisation_id, to.role
    else:
        message.problem = "failed"
    stage_case_id = to.stage_case_id if to else message.payload.get("stage_case")
    if stage_case_id is not None:
        stage_case = session.get_one(StageCase, UUID(str(stage_case_id)))
        message.stage_case_id, message.region_code = stage_case.id, stage_case.region_code


def _deliver(session: Session, message: OutboxMessage, now: datetime) -> None:
    channels = channels_of(session)
    if message.topic in channels:
        channels[message.topic].deliver(session, message.id, message.payload)
    elif message.topic in POLICIES:
        POLICIES[message.topic](session, message.payload, now)
    elif message.topic in ADDRESSED:
        _notify(session, message, ADDRESSED[message.topic](session, message.payload), now)
    else:
        raise Undeliverable(f"没有处理“{message.topic}”类消息的通道")


def _notify(session: Session, message: OutboxMessage, to: Addressed, now: datetime) -> None:
    people = session.scalars(holders(to, now)).all()
    if not people:
        raise Undeliverable(f"岗位空缺，无人可通知：{name_of_post(session, to)}", to)
    rows = [_notice(message, to, person, now) for person in people]
    made = insert(Notice).values(rows).on_conflict_do_nothing().returning(Notice.id)
    notices = session.scalars(made).all()
    if message.topic == "task_opened":
        session.execute(TOLD, {"task": to.work_item_id, "now": now})
    session.add_all(
        OutboxMessage(topic=name, payload={"notice": str(notice), "stage_case": str(to.stage_case_id)}, created_at=now)
        for notice in notices
        for name, channel in channels_of(session).items()
        if channel.wants(session, notice)
    )


def _notice(message: OutboxMessage, to: Addressed, person: UUID, now: datetime) -> dict[str, Any]:
    return {
        "message_id": message.id,
        "user_id": person,
        "work_item_id": to.work_item_id,
        "stage_case_id": to.stage_case_id,
        "item_case_id": to.item_case_id,
        "kind": message.topic,
        "title": to.title,
        "delivered_at": now,
    }
