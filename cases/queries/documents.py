"""Issued documents in an actor's data scope: those of the stage cases that he sees."""

from __future__ import annotations

from sqlalchemy import Select, select

from accounts.actor import Actor
from cases.models.stages import StageCase
from cases.queries.stage_cases import in_scope
from files.models import IssuedDocument


def visible_documents(actor: Actor) -> Select[IssuedDocument]:
    """The documents of the stage cases that the actor may see; order (issued_at, id)."""
    return (
        select(IssuedDocument)
        .join(StageCase, StageCase.id == IssuedDocument.stage_case_id)
        .where(in_scope(actor, "stage_case.read"))
    )
