"""The own limit of a special procedure, and when those concerned are asked again whether its hold must last.

Both run while the limits of the item stand, and are over when the hold is lifted.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import limits
from cases.case_limits import start_limit
from cases.changes import Changes
from cases.models.due import DueRow
from processes.release import Release

KIND = "procedure"
ASKED = "hold"


def set_procedure_limit(
    changes: Changes, release: Release, instance_id: UUID, stage_case_id: UUID, hold_id: UUID, limit: str | None
) -> None:
    """Let the limit of the procedure behind a hold run from now on; one without is asked about again and again."""
    again = limit is None
    text = release.handling.ask_again if again else limit
    if text is None:
        return
    start_limit(
        changes,
        release,
        kind=ASKED if again else KIND,
        subject_id=hold_id,
        instance_id=instance_id,
        stage_case_id=stage_case_id,
        limit=text,
    )


def ask_of_ended(
    session: Session, changes: Changes, release: Release, instance_id: UUID, stage_case_id: UUID, hold_id: UUID
) -> None:
    """The procedure is recorded as ended: as long as the item is not resumed, those concerned are asked again."""
    known = session.scalar(select(DueRow.id).where(DueRow.task_id == hold_id, DueRow.kind == ASKED))
    if known is None:
        set_procedure_limit(changes, release, instance_id, stage_case_id, hold_id, None)


def ask_again_later(session: Session, release: Release, hold_id: UUID, now: datetime) -> None:
    """They were asked: the time until they are asked again begins anew."""
    row = session.scalar(
        select(DueRow)
        .where(DueRow.task_id == hold_id, DueRow.kind == ASKED, DueRow.cancelled_at.is_(None))
        .with_for_update(key_share=True)
    )
    if row is None:
        return
    due = limits.due(release, now, row.limit_text)
    row.started_at, row.due_at, row.provisional = now, due.at, due.provisional
    row.calendar_version = release.calendar_version
    row.fired_at = row.claimed_until = None
