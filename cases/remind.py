"""Reminders (催办): a supervisor, the lead or the platform asks the holders of a post about an open task or a hold.

They answer; both stay.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor, Post
from audit.record import record
from cases.models.due import Hold
from cases.models.instances import WorkItem
from cases.models.items import ItemCase
from cases.models.reminders import Reminder
from cases.models.stages import StageCase
from cases.models.work import OutboxMessage
from errors import Conflict, Invalid, NotAllowed, NotFound

LEAD = "lead_officer"
RESUME = "办件仍在挂起，请及时解挂。"
STANDS = "有一段时间，办件一直挂起；请核对进展，已经结束的登记结束并解挂。"
UNANSWERED_FOR = timedelta(hours=4)
"""An unanswered reminder of a task is not repeated within this time."""


def remind(session: Session, actor: Actor, task_id: UUID, *, text: str, now: datetime) -> Reminder:
    """Remind whoever may take the open task.

    Raises ``NotFound`` outside the actor's scope, ``NotAllowed`` for a lead that does not lead this stage,
    ``Conflict`` when the task is over or was reminded of just before, ``Invalid`` without a text.
    """
    text = _text(text)
    task, stage_case = _task(session, task_id)
    if not actor.sees("reminder.send", region_code=stage_case.region_code, organisation_id=stage_case.lead_id):
        if actor.sees("task.read", region_code=stage_case.region_code, organisation_id=task.organisation_id):
            raise NotAllowed("not_yours_to_remind", "催办由监管员或本阶段的牵头部门发出。")
        raise NotFound("task_not_found", "没有这个任务，或者它不在您的范围内。")
    if task.status != "open":
        raise Conflict("task_over", f"“{task.name}”已经办完或取消，不用催办。")
    last = session.scalar(
        select(Reminder)
        .where(Reminder.work_item_id == task.id, Reminder.sent_by.is_not(None))
        .order_by(Reminder.sent_at.desc())
        .limit(1)
    )
    if last is not None and last.replied_at is None and now < last.sent_at + UNANSWERED_FOR:
        hours = UNANSWERED_FOR // timedelta(hours=1)
        raise Conflict("reminded_already", f"“{task.name}”在 {hours} 小时内已催办过，请等对方答复或稍后再催。")
    return _of_task(session, actor, stage_case, task, text, now)


def remind_by_itself(session: Session, task_id: UUID, now: datetime) -> Reminder | None:
    """The platform reminds of a task whose limit has passed; None when the task is over."""
    task, stage_case = _task(session, task_id)
    if task.status != "open":
        return None
    return _of_task(session, None, stage_case, task, f"“{task.name}”已超过办理期限，请尽快办理。", now)


def remind_of_resumption(session: Session, hold_id: UUID, now: datetime) -> list[Reminder]:
    """The platform reminds, once a hold, that a special procedure has ended and its item is still suspended."""
    known = select(Reminder.id).where(Reminder.hold_id == hold_id, Reminder.text.endswith(RESUME))
    hold = _standing(session, hold_id)
    return [] if hold is None or session.scalar(known.limit(1)) is not None else _ask_of_hold(session, hold, now)


def remind_of_hold(session: Session, hold_id: UUID, now: datetime) -> list[Reminder]:
    """The platform asks whether a suspension must last; nobody when the item was resumed meanwhile."""
    hold = _standing(session, hold_id)
    return [] if hold is None else _ask_of_hold(session, hold, now)


def _standing(session: Session, hold_id: UUID) -> Hold | None:
    """The hold, if it is still open; it is locked: resuming it waits, or was before."""
    hold = session.get_one(Hold, hold_id, with_for_update={"key_share": True}, populate_existing=True)
    return hold if hold.ended_at is None else None


def _ask_of_hold(session: Session, hold: Hold, now: datetime) -> list[Reminder]:
    """Ask those who may take the item's open tasks, and the lead of the stage."""
    stage_case = session.get_one(StageCase, hold.stage_case_id)
    item_case = session.get_one(ItemCase, hold.item_case_id)
    open_tasks = select(WorkItem.organisation_id, WorkItem.role).where(
        WorkItem.item_case_id == item_case.id, WorkItem.status == "open"
    )
    posts = {Post(row.organisation_id, row.role) for row in session.execute(open_tasks)}
    said = f"登记结束，{RESUME}" if hold.evidence else STANDS
    text = f"“{item_case.name}”的特殊环节“{hold.cause}”已{said}"
    reminders = [
        Reminder(
            stage_case_id=stage_case.id,
            hold_id=hold.id,
            organisation_id=post.organisation_id,
            role=post.role,
            text=text,
            sent_at=now,
        )
        for post in sorted(posts | {Post(stage_case.lead_id, LEAD)})
    ]
    return [_send(session, None, stage_case, reminder, item_case.id) for reminder in reminders]


def reply(session: Session, actor: Actor, reminder_id: UUID, *, text: str, now: datetime) -> Reminder:
    """Answer a reminder once, as a holder of the post.

    Raises ``NotFound``, ``NotAllowed``, ``Conflict`` (answered already) and ``Invalid`` (nothing said).
    """
    text = _text(text)
    reminder = session.get(Reminder, reminder_id, with_for_update={"key_share": True})
    if reminder is None:
        raise NotFound("reminder_not_found", "没有这条催办，或它不在您的范围内。")
    stage_case = session.get_one(StageCase, reminder.stage_case_id)
    if Post(reminder.organisation_id, reminder.role) not in actor.posts:
        if actor.sees("reminder.read", region_code=stage_case.region_code, organisation_id=reminder.organisation_id):
            raise NotAllowed("not_your_reminder", "催办由被催办的岗位答复，您可以查看，不能答复。")
        raise NotFound("reminder_not_found", "没有这条催办，或它不在您的范围内。")
    if reminder.replied_at is not None:
        raise Conflict("replied_already", "这条催办已经答复过，请刷新后查看。")
    reminder.reply, reminder.replied_by, reminder.replied_at = text, actor.user_id, now
    _record(session, actor, stage_case, "reminder.reply", reminder, now)
    return reminder


def _text(text: str) -> str:
    if not text.strip():
        raise Invalid("text_missing", "请写明内容。", field="text")
    return text.strip()


def _task(session: Session, task_id: UUID) -> tuple[WorkItem, StageCase]:
    # the task is locked, so that two people cannot remind of it at once
    task = session.get(WorkItem, task_id, with_for_update={"key_share": True})
    if task is None:
        raise NotFound("task_not_found", "没有这个任务，或者它不在您的范围内。")
    return task, session.get_one(StageCase, task.stage_case_id)


def _of_task(
    session: Session, actor: Actor | None, stage_case: StageCase, task: WorkItem, text: str, now: datetime
) -> Reminder:
    reminder = Reminder(
        stage_case_id=stage_case.id,
        work_item_id=task.id,
        organisation_id=task.organisation_id,
        role=task.role,
        text=text,
        sent_by=actor.user_id if actor else None,
        sent_at=now,
    )
    return _send(session, actor, stage_case, reminder, task.item_case_id)


def _send(
    session: Session, actor: Actor | None, stage_case: StageCase, reminder: Reminder, item_case_id: UUID | None
) -> Reminder:
    session.add(reminder)
    session.flush()
    message = OutboxMessage(topic="reminder", payload=_payload(reminder, item_case_id), created_at=reminder.sent_at)
    session.add(message)
    _record(session, actor, stage_case, "reminder.send", reminder, reminder.sent_at)
    return reminder


def _payload(reminder: Reminder, item_case_id: UUID | None) -> dict[str, Any]:
    return {
        "title": f"催办：{reminder.text}",
        "stage_case": str(reminder.stage_case_id),
        "item_case": item_case_id and str(item_case_id),
        "work_item": reminder.work_item_id and str(reminder.work_item_id),
        "organisation": str(reminder.organisation_id),
        "role": reminder.role,
    }


def _record(
    session: Session, actor: Actor | None, stage_case: StageCase, action: str, reminder: Reminder, now: datetime
) -> None:
    after = {name: getattr(reminder, name) for name in ("work_item_id", "hold_id", "text", "reply")}
    record(
        session,
        stage_case,
        actor=actor,
        action=action,
        recorded_at=now,
        object_type="reminders",
        object_id=reminder.id,
        after=after,
    )
