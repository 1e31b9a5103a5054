"""Reminders (催办): ask the holders of a post about an open task, and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from api.reminders.schemas import ReminderAnswer, ReminderPage, ReminderQuery, WordsInput
from cases.models import Reminder
from cases.queries.reminders import visible_reminders
from cases.remind import remind, reply

resource = Resource("reminders", "催办")

ORDER = [
    SortKey(Reminder.sent_at, datetime, lambda row: row.Reminder.sent_at),
    SortKey(Reminder.id, UUID, lambda row: row.Reminder.id),
]


@resource.operation("GET", "/reminders", ReminderPage, permission="reminder.read", query=ReminderQuery)
def list_reminders(call: Call) -> Page:
    """催办列表

    最近的在前。
    """
    statement = visible_reminders(call.actor)
    for name in ("stage_case_id", "work_item_id"):
        if name in call.query:
            statement = statement.where(getattr(Reminder, name) == call.query[name])
    if "answered" in call.query:
        answered = Reminder.replied_at.is_not(None)
        statement = statement.where(answered if call.query["answered"] else ~answered)
    page = paginate(call.session, statement, ORDER, call.query, descending=True)
    return Page([_members(row) for row in page.entries], page.next_cursor)


@resource.operation(
    "POST",
    "/tasks/<uuid:task_id>/reminders",
    ReminderAnswer,
    status=201,
    permission="reminder.send",
    body=WordsInput,
)
def send_reminder(call: Call, task_id: UUID) -> dict[str, Any]:
    """催办

    由监管员或牵头部门对在办任务发出，任务岗位的人收到通知。未答复前四小时内不能重复催办同一任务。
    """
    sent = remind(call.session, call.actor, task_id, text=call.body["text"], now=call.now())
    return _show(call, sent)


@resource.operation(
    "POST", "/reminders/<uuid:reminder_id>/reply", ReminderAnswer, permission="task.work", body=WordsInput
)
def answer_reminder(call: Call, reminder_id: UUID) -> dict[str, Any]:
    """答复催办

    由被催办岗位的人答复一次。
    """
    answered = reply(call.session, call.actor, reminder_id, text=call.body["text"], now=call.now())
    return _show(call, answered)


def _show(call: Call, reminder: Reminder) -> dict[str, Any]:
    call.session.flush()
    return _members(call.session.execute(visible_reminders(call.actor).where(Reminder.id == reminder.id)).one())


def _members(row: Row[Any]) -> dict[str, Any]:
    reminder = {column.key: getattr(row.Reminder, column.key) for column in Reminder.__table__.columns}
    return {**{name: value for name, value in row._mapping.items() if name != "Reminder"}, **reminder}
