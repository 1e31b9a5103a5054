"""The limits of a stage case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from cases.models.due import DueRow
from cases.models.instances import ProcessInstance


def running_limits(stage_case_id: UUID) -> Select[*tuple[Any, ...]]:
    """Rows (DueRow, item_case_id): what runs in a stage case, also what stands and what passed; order (due_at, id)."""
    told = or_(DueRow.fired_at.is_(None), DueRow.kind != "timer")  # and yet not over
    return (
        select(DueRow, ProcessInstance.item_case_id)
        .join(ProcessInstance, ProcessInstance.id == DueRow.instance_id)
        .where(DueRow.stage_case_id == stage_case_id, DueRow.cancelled_at.is_(None), told)
        .order_by(DueRow.due_at, DueRow.id)
    )


def item_of(session: Session, row: DueRow) -> UUID | None:
    """The item case that a limit belongs to; None for a limit of the stage itself."""
    return session.scalar(select(ProcessInstance.item_case_id).where(ProcessInstance.id == row.instance_id))
