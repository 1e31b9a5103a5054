"""Move the due of a running limit by decision: the row is computed anew, what it was is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from cases import lights, limits
from cases.models.due import DueChange, DueRow
from processes.release import Release
from worktime import Hold as Interval


def move_due(
    session: Session, release: Release, row: DueRow, limit: str, now: datetime, holds: tuple[Interval, ...] = ()
) -> None:
    """Give the row another limit text; one that had fired runs again."""
    due = limits.due(release, row.started_at, limit, holds)
    session.add(
        DueChange(
            due_id=row.id,
            cause="extension",
            changed_at=now,
            before_at=row.due_at,
            before_provisional=row.provisional,
            after_at=due.at,
            after_provisional=due.provisional,
            calendar_version=release.calendar_version,
        )
    )
    row.limit_text, row.due_at, row.provisional, row.fired_at = limit, due.at, due.provisional, None
    row.calendar_version = release.calendar_version
    for name, value in lights.lit(release, row.kind, row.started_at, limit, due.at, holds).items():
        setattr(row, name, value)
    session.flush()
