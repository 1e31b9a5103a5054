"""What a hold does to limits: it stops them, and lifting it lets them run again from where they stood."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from cases import lights, limits
from cases.models.due import Hold
from cases.models.items import ItemCase
from processes.release import Release
from worktime import Hold as Interval

# U2: an item is active when neither it nor its stage is held. The limits of the stage itself stop only where the hold
# of the stage says so. What follows up the promise of a settled item runs on, and so does the process of a special
# procedure: its own limits and tasks are why the item is held.
STOPPED = "d.kind NOT IN ('procedure', 'hold')"
REACHED = "p.kind NOT IN ('promise', 'procedure')"
_HELD = f"""{REACHED} AND EXISTS (
    SELECT FROM holds h WHERE h.stage_case_id = p.stage_case_id AND h.ended_at IS NULL AND (
        h.item_case_id = p.item_case_id
        OR (h.item_case_id IS NULL AND (p.item_case_id IS NOT NULL OR h.stops_clock))
    )
)"""
# What was told when it passed still runs: it is over when its token is.
RUNNING = "d.cancelled_at IS NULL AND (d.fired_at IS NULL OR d.kind <> 'timer')"
# No hold stops the limit of a special procedure itself, nor what follows up the promise of a settled item.
STOPPABLE = f"({STOPPED} AND {REACHED}) AS stoppable"
STOP = text(f"""
    UPDATE due_rows d SET held = true FROM process_instances p
    WHERE p.id = d.instance_id AND p.stage_case_id = :stage_case AND p.status = 'active'
      AND {RUNNING} AND NOT d.held AND {STOPPED} AND {_HELD}
""")
FREE = text(f"""
    SELECT d.id, d.kind, d.started_at, d.limit_text, p.item_case_id FROM due_rows d
    JOIN process_instances p ON p.id = d.instance_id
    WHERE p.stage_case_id = :stage_case AND d.held AND {RUNNING} AND NOT ({_HELD})
    FOR NO KEY UPDATE OF d
""")
PAST = text("""
    SELECT stage_case_id, item_case_id, started_at, ended_at, stops_clock FROM holds
    WHERE stage_case_id = ANY(:stage_cases) AND ended_at IS NOT NULL
""")
RUN = text("""
    UPDATE due_rows d SET held = false, due_at = r.due_at, provisional = r.provisional, yellow_at = r.yellow_at,
        light_at = r.light_at, calendar_version = :version
    FROM unnest(CAST(:id AS uuid[]), CAST(:due_at AS timestamptz[]), CAST(:provisional AS boolean[]),
        CAST(:yellow_at AS timestamptz[]), CAST(:light_at AS timestamptz[]))
        AS r (id, due_at, provisional, yellow_at, light_at)
    WHERE d.id = r.id
""")
PROCEDURE_OVER = text("""
    UPDATE due_rows SET cancelled_at = :now
    WHERE task_id = :hold AND kind IN ('procedure', 'hold') AND cancelled_at IS NULL
""")
# Whoever computed on an instance before the hold, or before it was lifted, computes again.
TOUCH = text("""
    UPDATE process_instances SET version = version + 1
    WHERE stage_case_id = :stage_case AND id <> :but AND status = 'active'
""")


class Lifting(Protocol):
    """Who lifts a hold, and when."""

    @property
    def now(self) -> datetime: ...
    @property
    def actor_id(self) -> UUID | None: ...


def lift(
    session: Session, release: Release, stage_case_id: UUID, item_case_id: UUID, instance_id: UUID, by: Lifting
) -> Hold | None:
    """End the item's own hold, and with the last one that froze it that of the stage; None when there is none.

    The limits that no hold reaches any more run on; that of its special procedure is over. The instances from the
    stage down are locked by the caller, who changes ``instance_id`` itself.
    """
    own = open_hold(session, stage_case_id, item_case_id)
    if own is None:
        return None
    own.ended_at, own.ended_by = by.now, by.actor_id
    session.flush()
    session.execute(PROCEDURE_OVER, {"hold": own.id, "now": by.now})
    if own.freezes_stage:
        hold_stage(session, release, stage_case_id, by)
    run_limits(session, release, stage_case_id, instance_id)
    return own


def open_hold(session: Session, stage_case_id: UUID, item_case_id: UUID | None) -> Hold | None:
    """The open hold of an item case, or with None of the stage itself."""
    return session.scalar(
        select(Hold).where(
            Hold.stage_case_id == stage_case_id,
            Hold.item_case_id == item_case_id if item_case_id else Hold.item_case_id.is_(None),
            Hold.ended_at.is_(None),
        )
    )


def hold_stage(session: Session, release: Release, stage_case_id: UUID, by: Lifting) -> None:
    """Let the stage's own hold follow from those of its items: one, however many freeze it, gone with the last.

    Its clock stands while a special procedure among them says so. Where only that changes the hold is a new one, for
    each stretch counts exactly.
    """
    left = _freezing(session, stage_case_id)
    stopping = [hold for hold in left if _stops_stage_clock(release, hold)]
    stage = open_hold(session, stage_case_id, None)
    if stage is not None:
        if left and stage.stops_clock == bool(stopping):
            return
        stage.ended_at, stage.ended_by = by.now, by.actor_id
        session.flush()
    if left:
        session.add(_of_stage((stopping or left)[0], bool(stopping), by, session))
        session.flush()


def _of_stage(own: Hold, stops_clock: bool, by: Lifting, session: Session) -> Hold:
    name = session.scalar(select(ItemCase.name).where(ItemCase.id == own.item_case_id))
    return Hold(
        id=uuid4(),
        stage_case_id=own.stage_case_id,
        caused_by_id=own.item_case_id,
        cause=f"主流程事项“{name}”挂起：{own.cause}",
        stops_clock=stops_clock,
        started_at=by.now,
        started_by=by.actor_id or own.started_by,
    )


def _freezing(session: Session, stage_case_id: UUID) -> Sequence[Hold]:
    found = select(Hold).where(Hold.stage_case_id == stage_case_id, Hold.freezes_stage, Hold.ended_at.is_(None))
    return session.scalars(found.order_by(Hold.started_at)).all()


def _stops_stage_clock(release: Release, hold: Hold) -> bool:
    procedure = release.special_procedures.get(hold.procedure or "")
    return procedure is not None and procedure.stops_stage_clock


def stop_limits(session: Session, stage_case_id: UUID, instance_id: UUID) -> None:
    """Stop the limits that the holds of the stage case reach now; ``instance_id`` is changed by the caller itself."""
    session.execute(STOP, {"stage_case": stage_case_id})
    session.execute(TOUCH, {"stage_case": stage_case_id, "but": instance_id})


def run_limits(session: Session, release: Release, stage_case_id: UUID, instance_id: UUID) -> None:
    """Let the limits run that no hold reaches any more: due anew, less the union of the holds (exactly)."""
    free = session.execute(FREE, {"stage_case": stage_case_id}).all()
    past = session.execute(PAST, {"stage_cases": [stage_case_id]}).all()
    rows = [_run(release, row, past) for row in free]
    if rows:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        session.execute(RUN, {"version": release.calendar_version, **columns})
    session.execute(TOUCH, {"stage_case": stage_case_id, "but": instance_id})


def _run(release: Release, row: Row[*tuple[Any, ...]], past: Sequence[Row[*tuple[Any, ...]]]) -> dict[str, Any]:
    """The columns of a limit that runs on."""
    stopped = intervals(past, row.item_case_id)
    due = limits.due(release, row.started_at, row.limit_text, stopped)
    lit = lights.lit(release, row.kind, row.started_at, row.limit_text, due.at, stopped)
    return {"id": row.id, "due_at": due.at, "provisional": due.provisional, **lit}


def intervals(past: Sequence[Row[*tuple[Any, ...]]], item_case_id: UUID | None) -> tuple[Interval, ...]:
    """The holds that stopped the limits of an item, or with None of the stage itself."""
    return tuple(
        Interval(_instant(row.started_at), _instant(row.ended_at))
        for row in past
        if (row.item_case_id is None and (item_case_id is not None or row.stops_clock))
        or (row.item_case_id is not None and row.item_case_id == item_case_id)
    )


def _instant(value: Any) -> datetime:
    assert isinstance(value, datetime)
    return value
