"""Reminders in an actor's data scope."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from accounts.actor import Actor, data_scope
from accounts.models import Organisation, User
from cases.models.instances import WorkItem
from cases.models.reminders import Reminder
from cases.models.stages import StageCase

SENDER, ANSWERER = aliased(User), aliased(User)


def visible_reminders(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Rows (Reminder, names) of the actor's region, of the stages he leads and of his own posts.

    Order (sent_at, id).
    """
    return (
        select(
            Reminder,
            WorkItem.name.label("task_name"),
            Organisation.name.label("organisation_name"),
            SENDER.display_name.label("sent_by_name"),
            ANSWERER.display_name.label("replied_by_name"),
        )
        .join(StageCase, StageCase.id == Reminder.stage_case_id)
        .join(Organisation, Organisation.id == Reminder.organisation_id)
        .outerjoin(WorkItem, WorkItem.id == Reminder.work_item_id)
        .outerjoin(SENDER, SENDER.id == Reminder.sent_by)
        .outerjoin(ANSWERER, ANSWERER.id == Reminder.replied_by)
        .where(
            data_scope(
                actor,
                "reminder.read",
                region=StageCase.region_code,
                organisations=(Reminder.organisation_id, StageCase.lead_id),
            )
        )
    )
