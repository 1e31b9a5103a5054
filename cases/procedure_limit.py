"""The own limit of a special procedure: it runs while those of the item stand, and is told when it passes."""

from __future__ import annotations

from uuid import UUID

from cases import lights, limits
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
    due = limits.due(release, position.now, limit)
    changes.set_limit(
        {
            "instance_id": position.id,
            "task_id": hold_id,
            "element_id": KIND,
            "kind": KIND,
            "timeout": "remind",
            "limit_text": limit,
            "due_at": due.at,
            "provisional": due.provisional,
            "held": False,
            "stage_case_id": position.stage_case_id,
            "region_code": release.region.code,
            **lights.lit(release, KIND, position.now, limit, due.at),
            "calendar_version": release.calendar_version,
        }
    )
