"""What tells people which project a row of a list belongs to: its stage case and the project of that."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from cases.models.projects import Engineering, Project
from cases.models.stages import StageCase

BELONGING = (
    StageCase.number.label("stage_case_number"),
    StageCase.stage,
    Project.id.label("project_id"),
    Project.code.label("project_code"),
    Project.name.label("project_name"),
)


def with_project(rows: Select[*tuple[Any, ...]], stage_case_id: Any) -> Select[*tuple[Any, ...]]:
    """``rows`` joined, by the column that refers to the stage case, with what ``BELONGING`` shows."""
    return (
        rows.join(StageCase, StageCase.id == stage_case_id)
        .join(Engineering, Engineering.id == StageCase.engineering_id)
        .join(Project, Project.id == Engineering.project_id)
    )
