"""Who had to be told of which task within what, when he was told, and who answers for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, not_, select
from sqlalchemy.orm import aliased

from accounts.models import Organisation
from cases.models.due import DueRow
from cases.models.instances import ProcessInstance, WorkItem
from cases.models.work import Notice


def notifications(stage_case_id: UUID, now: datetime) -> Select[*tuple[Any, ...]]:
    """The tasks of a stage case whose post has to be told within a limit; order (opened_at, id).

    ``overdue``: it was told after the due, or is not told yet and the due is over. A task that was done before
    anybody was told of it was known from then on; one that is suspended or whose due is provisional is not late yet.
    """
    told = select(func.min(Notice.delivered_at)).where(Notice.work_item_id == WorkItem.id, Notice.kind == "task_opened")
    notified_at = told.scalar_subquery()
    answers, department = aliased(Organisation), aliased(Organisation)
    known_at = func.coalesce(notified_at, WorkItem.closed_at, now)
    settled = and_(not_(DueRow.held), not_(DueRow.provisional))
    return (
        select(
            DueRow.id.label("limit_id"),
            WorkItem.id.label("task_id"),
            WorkItem.name.label("task_name"),
            WorkItem.item_case_id,
            ProcessInstance.subject["name"].astext.label("item_name"),
            department.name.label("organisation_name"),
            DueRow.limit_text,
            WorkItem.opened_at,
            DueRow.due_at,
            notified_at.label("notified_at"),
            answers.name.label("answerable_name"),
            and_(settled, known_at > DueRow.due_at).label("overdue"),
        )
        .join(DueRow, and_(DueRow.task_id == WorkItem.id, DueRow.kind == "notice"))
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .join(department, department.id == WorkItem.organisation_id)
        .join(answers, answers.id == DueRow.organisation_id)
        .where(WorkItem.stage_case_id == stage_case_id)
        .order_by(WorkItem.opened_at, WorkItem.id)
    )
