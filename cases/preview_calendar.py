"""What a notice would move: the running limits with their due before and after it. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.holds import PAST, RUNNING, STOPPABLE
from cases.publish_calendar import check_notice, check_publisher
from cases.recompute_dues import compute
from cases.releases import releases_of
from processes.calendars import known_version
from processes.release import Release
from worktime import Due, Notice, national_calendar

MOST_SHOWN = 200
AT_ONCE = 1_000
# Only the rows of limits are read: no instance is loaded. What is due before the first day that changes cannot move.
BELOW = """
    WITH RECURSIVE below(code) AS (
        SELECT code FROM regions WHERE code = :region OR CAST(:region AS text) IS NULL
        UNION SELECT r.code FROM regions r JOIN below ON r.parent_code = below.code
    )
"""
COUNT = text(f"""{BELOW}
    SELECT count(*) AS running, count(*) FILTER (WHERE d.held) AS held FROM due_rows d
    WHERE {RUNNING} AND d.region_code IN (SELECT code FROM below)
""")
CONCERNED = text(f"""{BELOW}
    SELECT d.id, d.kind, d.started_at, d.limit_text, d.due_at, d.provisional, d.stage_case_id,
        p.item_case_id, p.release_id, {STOPPABLE}
    FROM due_rows d JOIN process_instances p ON p.id = d.instance_id
    WHERE {RUNNING} AND NOT d.held AND d.due_at >= :since AND d.region_code IN (SELECT code FROM below)
    ORDER BY d.due_at, d.id
""")


@dataclass(frozen=True, slots=True)
class Moved:
    """A limit whose due the notice changes."""

    id: UUID
    stage_case_id: UUID
    item_case_id: UUID | None
    limit_text: str
    before: Due
    after: Due


@dataclass(slots=True)
class Preview:
    """How many limits run, stand and move; ``shown`` are the first that move, by their present due."""

    version: int
    running: int = 0
    held: int = 0
    moved: int = 0
    later: int = 0
    earlier: int = 0
    confirmed: int = 0
    shown: list[Moved] = field(default_factory=list)

    def add(self, moved: Moved) -> None:
        """Count one; ``confirmed`` are those that were provisional and are no longer."""
        self.moved += 1
        self.later += moved.after.at > moved.before.at
        self.earlier += moved.after.at < moved.before.at
        self.confirmed += moved.before.provisional and not moved.after.provisional
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(moved)


def preview_calendar(session: Session, actor: Actor | None, notice: Notice, *, region_code: str | None) -> Preview:
    """What publishing the notice would do to the limits that run now; raises what ``publish_calendar`` raises."""
    codes = check_publisher(session, actor, region_code)
    check_notice(session, codes, region_code, notice)
    preview = Preview(known_version(session))
    where = {"region": region_code}
    preview.running, preview.held = session.execute(COUNT, where).one()
    since = national_calendar().at(date(notice.year - 1, 12, 1), time())  # a notice says nothing of the days before
    drafts: dict[str, Release] = {}
    rows = session.execute(CONCERNED, {**where, "since": since}, execution_options={"yield_per": AT_ONCE})
    for part in rows.partitions():
        _compare(session, part, (region_code, notice), drafts, preview)
    return preview


def _compare(
    session: Session,
    rows: Sequence[Row[*tuple[Any, ...]]],
    draft: tuple[str | None, Notice],
    drafts: dict[str, Release],
    preview: Preview,
) -> None:
    past: dict[UUID, list[Any]] = {}
    for hold in session.execute(PAST, {"stage_cases": sorted({row.stage_case_id for row in rows})}):
        past.setdefault(hold.stage_case_id, []).append(hold)
    for row in rows:
        if row.release_id not in drafts:
            drafts[row.release_id] = releases_of(session).as_if_announced(session, row.release_id, draft)
        before = Due(row.due_at, row.provisional)
        after = compute(drafts[row.release_id], row, past.get(row.stage_case_id, ())).due
        if before != after:
            preview.add(Moved(row.id, row.stage_case_id, row.item_case_id, row.limit_text, before, after))
