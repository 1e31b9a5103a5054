"""What belongs to an item case beside its status: suspensions, extension, promises with their due, delivery."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select

from cases.models.due import DueRow, Hold
from cases.models.outcomes import Delivery, LimitExtension, Promise


def suspensions(item_case_id: UUID) -> Select[Hold]:
    """All holds of the item case itself, in order."""
    return select(Hold).where(Hold.item_case_id == item_case_id).order_by(Hold.started_at)


def extension(item_case_id: UUID) -> Select[LimitExtension]:
    """The extension of its limit, if any."""
    return select(LimitExtension).where(LimitExtension.item_case_id == item_case_id)


def promises(item_case_id: UUID) -> Select[*tuple[Any, ...]]:
    """Rows (Promise, due of the step that is awaited now)."""
    due = and_(DueRow.instance_id == Promise.instance_id, DueRow.cancelled_at.is_(None))
    return (
        select(Promise, DueRow.due_at)
        .outerjoin(DueRow, due)
        .where(Promise.item_case_id == item_case_id)
        .order_by(Promise.made_at, Promise.kind)
    )


def delivery(item_case_id: UUID) -> Select[Delivery]:
    """The delivery of its result, if any."""
    return select(Delivery).where(Delivery.item_case_id == item_case_id)
