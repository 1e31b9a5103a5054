"""Red matters: notices that reached nobody yet, because the post is vacant or a channel fails (U7)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from accounts.actor import Actor, data_scope
from accounts.models import Organisation
from cases.models.work import OutboxMessage


def visible_matters(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Rows (OutboxMessage, name of the organisation) of the actor's regions; order (created_at, id)."""
    return (
        select(OutboxMessage, Organisation.name.label("organisation_name"))
        .outerjoin(Organisation, Organisation.id == OutboxMessage.organisation_id)
        .where(
            OutboxMessage.problem.is_not(None),
            OutboxMessage.delivered_at.is_(None),
            data_scope(actor, "matter.read", region=OutboxMessage.region_code),
        )
    )
