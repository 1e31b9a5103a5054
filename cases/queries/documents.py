"""Issued documents in an actor's data scope: those of the stage cases that he sees, and results reused there."""

from __future__ import annotations

from sqlalchemy import Select, exists, select

from accounts.actor import Actor
from cases.models.intake import StageMaterial
from cases.models.stages import StageCase
from cases.queries.stage_cases import in_scope
from files.models import IssuedDocument


def visible_documents(actor: Actor) -> Select[IssuedDocument]:
    """The documents of the stage cases that the actor may see, and those that are a material there.

    Order (issued_at, id).
    """
    seen = in_scope(actor, "stage_case.read")
    serving = exists().where(
        StageMaterial.result_document_id == IssuedDocument.id, StageCase.id == StageMaterial.stage_case_id, seen
    )
    own = exists().where(StageCase.id == IssuedDocument.stage_case_id, seen)
    return select(IssuedDocument).where(own | serving)
