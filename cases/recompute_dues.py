"""Compute running limits anew by the calendar as it was announced last; what moved is kept with what it was before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, text
from sqlalchemy.orm import Session

from audit.record import record
from cases import lights, limits
from cases.holds import PAST, RUNNING, STOPPABLE, intervals
from cases.models.due import DueChange
from cases.releases import release_of
from database.clock import current_time
from processes.calendars import known_version
from processes.models import CalendarNotice
from processes.release import Release
from worktime import Due

AT_ONCE = 100
# A limit whose clock stands has no due to move: it is computed when it runs again. What is over is settled.
STALE = f"d.calendar_version < :version AND {RUNNING} AND NOT d.held"
FIND = """
    SELECT d.id, d.kind, d.started_at, d.limit_text, d.due_at, d.provisional,
        p.stage_case_id, p.item_case_id, p.release_id, {stoppable}
    FROM due_rows d JOIN process_instances p ON p.id = d.instance_id
    WHERE {where} LIMIT :most FOR NO KEY UPDATE OF d SKIP LOCKED
"""
NEXT = text(FIND.format(stoppable=STOPPABLE, where=STALE))
ONE = text(FIND.format(stoppable=STOPPABLE, where=STALE + " AND d.id = :id"))
ANY_STALE = text(f"SELECT EXISTS (SELECT FROM due_rows d WHERE {STALE})")
MARK = text("UPDATE due_rows SET calendar_version = :version, claimed_until = NULL WHERE id = ANY(:ids)")
# One that was told when it passed, and is due only later, passes once more.
MOVE = text("""
    UPDATE due_rows SET due_at = :due_at, provisional = :provisional, yellow_at = :yellow_at, light_at = :light_at,
        fired_at = CASE WHEN :due_at < :now THEN fired_at END
    WHERE id = :id
""")

Limit = Row[*tuple[Any, ...]]


def recompute_dues(session: Session, most: int = AT_ONCE) -> int:
    """Compute at most ``most`` limits anew that an older calendar gave their due; how many there were.

    Idempotent, and safe for any number of workers: each limit is computed once for each version of the calendar.
    """
    version = known_version(session)
    return _recompute(session, session.execute(NEXT, {"version": version, "most": most}).all(), version)


def recompute_due(session: Session, due_id: UUID) -> bool:
    """Compute one limit anew, before it fires; whether there was anything to do."""
    version = known_version(session)
    return _recompute(session, session.execute(ONE, {"version": version, "most": 1, "id": due_id}).all(), version) > 0


def any_stale(session: Session) -> bool:
    """Whether any running limit still has its due from an older calendar."""
    return bool(session.scalar(ANY_STALE, {"version": known_version(session)}))


def _recompute(session: Session, rows: Sequence[Limit], version: int) -> int:
    if not rows:
        return 0
    session.execute(MARK, {"ids": [row.id for row in rows], "version": version})
    dues = dues_of(session, rows)
    moved = [(row, due) for row, due in zip(rows, dues, strict=True) if Due(row.due_at, row.provisional) != due.due]
    if moved:
        _move(session, moved, version)
    return len(rows)


@dataclass(frozen=True, slots=True)
class Computed:
    """The due of a limit, and the columns of its lights."""

    due: Due
    lit: lights.Lit


def dues_of(session: Session, rows: Sequence[Limit]) -> list[Computed]:
    """The dues of running limits by the present calendar, less the holds that are over."""
    cases = sorted({row.stage_case_id for row in rows})
    past: dict[UUID, list[Limit]] = {case: [] for case in cases}
    for hold in session.execute(PAST, {"stage_cases": cases}):
        past[hold.stage_case_id].append(hold)
    return [compute(release_of(session, row.release_id), row, past[row.stage_case_id]) for row in rows]


def compute(release: Release, row: Limit, past: Sequence[Limit]) -> Computed:
    """The due of one limit by the calendar of ``release``, less the holds that are over."""
    stopped = intervals(past, row.item_case_id) if row.stoppable else ()
    due = limits.due(release, row.started_at, row.limit_text, stopped)
    return Computed(due, lights.lit(release, row.kind, row.started_at, row.limit_text, due.at, stopped))


def _move(session: Session, moved: Sequence[tuple[Limit, Computed]], version: int) -> None:
    """Write the new dues, and keep old and new of each limit, also in the audit of the notice that moved them."""
    now = current_time(session)
    values = [
        {"id": row.id, "now": now, "due_at": new.due.at, "provisional": new.due.provisional, **new.lit}
        for row, new in moved
    ]
    session.execute(MOVE, values)
    changes = [
        {
            "due_id": row.id,
            "cause": "calendar",
            "changed_at": now,
            "before_at": row.due_at,
            "before_provisional": row.provisional,
            "after_at": new.due.at,
            "after_provisional": new.due.provisional,
            "calendar_version": version,
        }
        for row, new in moved
    ]
    session.execute(insert(DueChange), changes)
    notice = session.scalars(select(CalendarNotice).where(CalendarNotice.version == version)).one()
    before = {str(row.id): _told(Due(row.due_at, row.provisional)) for row, _ in moved}
    after = {str(row.id): _told(new.due) for row, new in moved}
    record(session, notice, actor=None, action="limit.recompute", recorded_at=now, before=before, after=after)


def _told(due: Due) -> list[Any]:
    return [due.at.isoformat(), due.provisional]
