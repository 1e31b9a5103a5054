"""What waits in the background, and for how long; the cost grows with the backlog only, up to a bound."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from cases.claims import LEASE
from cases.models.work import INSIDE, OUTSIDE, WAITING

COUNTED_AT_MOST = 100_000
"""More than so many are told as so many: whoever asks while the platform is behind must not hold it up further."""

# A row that is claimed for longer than a lease was put off on purpose (a task whose guard refuses, a message that could
# not be delivered); one claimed for less is on its way or lost, and waits either way.
_BACKLOG = text(f"""
    WITH due AS (
        SELECT due_at FROM due_rows
        WHERE fired_at IS NULL AND cancelled_at IS NULL AND NOT held AND NOT provisional
          AND due_at < platform_now() AND (claimed_until IS NULL OR claimed_until <= platform_now() + :lease)
        ORDER BY due_at LIMIT :most
    ), messages AS (
        SELECT created_at FROM outbox WHERE {WAITING} AND {INSIDE} AND attempts = 0
          AND coalesce(claimed_until, created_at) <= platform_now() + :lease
        ORDER BY coalesce(claimed_until, created_at) LIMIT :most
    ), outside AS (
        SELECT created_at FROM outbox WHERE {WAITING} AND {OUTSIDE} AND attempts = 0
          AND coalesce(claimed_until, created_at) <= platform_now() + :lease
        ORDER BY coalesce(claimed_until, created_at) LIMIT :most
    ), lights AS (
        SELECT light_at FROM due_rows
        WHERE yellow_at IS NOT NULL AND cancelled_at IS NULL AND NOT held AND light_at IS NOT NULL
          AND light_at < platform_now() AND NOT (provisional AND light_at >= due_at)
        ORDER BY light_at LIMIT :most
    )
    SELECT kind, waiting, coalesce(greatest(extract(epoch FROM platform_now() - oldest), 0), 0)::float8 AS lag
    FROM (
        SELECT 'due' AS kind, count(*) AS waiting, min(due_at) AS oldest FROM due
        UNION ALL SELECT 'outbox', count(*), min(created_at) FROM messages
        UNION ALL SELECT 'outside', count(*), min(created_at) FROM outside
        UNION ALL SELECT 'lights', count(*), min(light_at) FROM lights
    ) AS found
""")
_RED = text("""
    SELECT 'vacant' AS kind, count(*) AS number FROM outbox WHERE problem = 'vacant' AND delivered_at IS NULL
    UNION ALL SELECT 'failed', count(*) FROM outbox WHERE problem = 'failed' AND delivered_at IS NULL
    UNION ALL SELECT 'incident', count(*) FROM incidents WHERE status = 'open'
""")
_AGES = text("""
    SELECT kind, host, pid, greatest(extract(epoch FROM platform_now() - seen_at), 0)::float8 AS age FROM heartbeats
    ORDER BY kind, host, pid
""")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many rows wait to be acted on (at most ``COUNTED_AT_MOST``), and the lateness of the oldest in seconds."""

    waiting: int
    lag: float


@dataclass(frozen=True, slots=True)
class Beat:
    """A process and the seconds since it last said that it lives."""

    kind: str
    host: str
    pid: int
    age: float


def backlog(session: Session) -> dict[str, Waiting]:
    """What waits, by kind: ``due`` (limits that passed), ``outbox`` and ``outside`` (never tried yet), ``lights`` (not
    told yet).
    """
    found = session.execute(_BACKLOG, {"lease": LEASE, "most": COUNTED_AT_MOST})
    return {row.kind: Waiting(row.waiting, row.lag) for row in found}


def red_matters(session: Session) -> dict[str, int]:
    """How many messages found a ``vacant`` post or ``failed``, and how many ``incident`` are open."""
    return {row.kind: row.number for row in session.execute(_RED)}


def beats(session: Session) -> list[Beat]:
    """The processes that said in the last day that they live."""
    return [Beat(row.kind, row.host, row.pid, row.age) for row in session.execute(_AGES)]
