"""Count the limits of each colour by region, department and stage; kept for seconds, with the time of the count."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from cases.models.due import LIT
from cases.models.lights import LightCount

OFTEN = timedelta(seconds=10)
OLDEST = timedelta(seconds=30)
"""Nobody is shown counts older than this."""
COUNT_LOCK = 0x6C_69_67_68

COUNT = text(f"""
    INSERT INTO light_counts (region_code, organisation_id, stage, green, yellow, red, grey, as_of)
    SELECT d.region_code, d.organisation_id, s.stage,
        count(*) FILTER (WHERE NOT held AND yellow_at > :now),
        count(*) FILTER (WHERE NOT held AND yellow_at <= :now AND (due_at >= :now OR provisional)),
        count(*) FILTER (WHERE NOT held AND due_at < :now AND NOT provisional),
        count(*) FILTER (WHERE held), :now
    FROM due_rows d JOIN stage_cases s ON s.id = d.stage_case_id
    WHERE {LIT} AND cancelled_at IS NULL AND d.organisation_id IS NOT NULL
    GROUP BY d.region_code, d.organisation_id, s.stage
    ON CONFLICT (region_code, organisation_id, stage) DO UPDATE SET green = excluded.green, yellow = excluded.yellow,
        red = excluded.red, grey = excluded.grey, as_of = excluded.as_of
""")
NONE_LEFT = text("UPDATE light_counts SET green = 0, yellow = 0, red = 0, grey = 0, as_of = :now WHERE as_of < :now")


def count_lights(session: Session, now: datetime, older_than: timedelta = OFTEN) -> datetime:
    """Count anew if the last count is ``older_than`` that and nobody else is counting; the time of what stands."""
    counted = _as_of(session)
    if counted is not None and counted > now - older_than:
        return counted
    lock = "pg_advisory_xact_lock" if counted is None or counted <= now - OLDEST else "pg_try_advisory_xact_lock"
    if session.scalar(text(f"SELECT {lock}(:key)"), {"key": COUNT_LOCK}) is False:
        assert counted is not None
        return counted
    counted = _as_of(session)  # whoever held the lock has counted
    if counted is not None and counted > now - older_than:
        return counted
    session.execute(COUNT, {"now": now})
    session.execute(NONE_LEFT, {"now": now})
    return now


def _as_of(session: Session) -> datetime | None:
    return session.scalar(select(func.max(LightCount.as_of)))
