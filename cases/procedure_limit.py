"""The own limit of a special procedure: it runs while those of the item stand, and is told when it passes."""

from __future__ import annotations

from uuid import UUID

from cases.case_limits import start_limit
from cases.changes import Changes
from cases.position import Position
from processes.release import Release

KIND = "procedure"


def set_procedure_limit(
    changes: Changes, release: Release, position: Position, hold_id: UUID, limit: str | None
) -> None:
    """Let the limit of the procedure behind a hold run from now on; without one nothing runs."""
    if limit is None:
        return
    start_limit(
        changes,
        release,
        kind=KIND,
        subject_id=hold_id,
        instance_id=position.id,
        stage_case_id=position.stage_case_id,
        limit=limit,
    )
