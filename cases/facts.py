"""The declared facts of a project that the conditions of a pack's catalogue may name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.models.projects import Engineering, Project
from cases.models.stages import StageCase

FACTS = ("total_investment", "fixed_asset_investment", "process_type", "channel")


def facts_of(session: Session, stage_case_id: UUID) -> dict[str, Any]:
    """The facts of a stage case by name; None where nothing was declared. ``total_investment`` is in 万元."""
    row = session.execute(
        select(
            Project.total_investment,
            Project.fixed_asset_investment,
            StageCase.process_type,
            StageCase.channel,
        )
        .join(Engineering, Engineering.project_id == Project.id)
        .join(StageCase, StageCase.engineering_id == Engineering.id)
        .where(StageCase.id == stage_case_id)
    ).one()
    facts: dict[str, Any] = dict(zip(FACTS, row, strict=True))
    if row.total_investment is not None:
        facts["total_investment"] = float(row.total_investment)
    return facts
