"""Extend a special procedure: its expected end moves, with the reason; the item's own clock still stands."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.changes import Changes
from cases.changing_hold import locked_item, write_change
from cases.evidence import suspended
from cases.models.due import DueRow, Hold
from cases.move_due import move_due
from cases.procedure_limit import KIND, set_procedure_limit
from cases.releases import release_of
from errors import Invalid


def extend_procedure(session: Session, actor: Actor, item_case_id: UUID, *, expected_end: date, reason: str) -> Hold:
    """The procedure behind the item's hold lasts to the end of ``expected_end``.

    Raises ``NotFound``, ``NotAllowed``, ``Invalid`` (no reason, not later than now expected) and ``Conflict`` (not
    suspended).
    """
    position = locked_item(session, actor, item_case_id)
    own = suspended(session, position)
    release = release_of(session, position.release_id)
    if not reason.strip():
        raise Invalid("grounds_missing", "延长特殊环节要写明事由，请补填。", field="reason")
    row = session.scalar(select(DueRow).where(DueRow.task_id == own.id, DueRow.kind == KIND))
    before = own.expected_end or (release.calendar.local(row.due_at).date() if row else None)
    if expected_end <= max(before or date.min, release.calendar.local(position.now).date()):
        raise Invalid("not_later", "延长后的日期要晚于今天和原来的日期，请改正。", field="expected_end")
    changes = Changes(position.now, actor.user_id)
    own.expected_end = expected_end
    if row is None:
        stage_case_id, until = position.stage_case_id, expected_end.isoformat()
        set_procedure_limit(changes, release, position.id, stage_case_id, own.id, until)
    else:
        move_due(session, release, row, expected_end.isoformat(), position.now)
    details = {
        "hold": str(own.id),
        "expected_end": expected_end.isoformat(),
        "was": before and before.isoformat(),
        "reason": reason.strip(),
    }
    write_change(session, actor, position, changes, "item_case.extend_procedure", details)
    return own
