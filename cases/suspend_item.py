"""Suspend an item case for a special procedure: its tasks wait, its clock stops, and its stage may be frozen."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.changes import Changes
from cases.changing_hold import case_of, locked_item, write_change
from cases.holds import stop_limits
from cases.models.due import Hold
from cases.position import Position
from cases.releases import citing, release_of
from cases.status import Status
from engine import commands, happenings
from errors import Conflict, Invalid


def suspend_item(
    session: Session,
    actor: Actor,
    item_case_id: UUID,
    *,
    cause: str,
    evidence: dict[str, Any] | None = None,
    stops_stage_clock: bool = False,
) -> Hold:
    """Hold the item case from now on; what its diagram declares for ``suspended`` follows in the same transaction.

    ``cause`` names the special procedure; ``stops_stage_clock`` is whether it also stops the clock of the stage that
    freezes with it. Raises ``NotFound``, ``NotAllowed``, ``Invalid`` (no cause) and ``Conflict`` (suspended already,
    not in handling).
    """
    if not cause.strip():
        raise Invalid("cause_missing", "请写明挂起的原因（特殊环节）。", field="cause")
    position = locked_item(session, actor, item_case_id)
    with citing(session, position.release_id):
        if position.held_item == item_case_id:
            raise Conflict("already_suspended", f"办件已经挂起（{position.hold_cause}），不能再次挂起。")
        changes = Changes(position.now, actor.user_id)
        changes.set_status(case_of(position), Status.SPECIAL_PROCEDURE_STARTED)
    hold = Hold(
        id=uuid4(),
        stage_case_id=position.stage_case_id,
        item_case_id=item_case_id,
        cause=cause.strip(),
        evidence=evidence,
        freezes_stage=_freezes(session, position),
        started_at=position.now,
        started_by=actor.user_id,
    )
    session.add(hold)
    if hold.freezes_stage:
        _freeze(session, position, hold, stops_stage_clock)
    session.flush()
    stop_limits(session, position.stage_case_id, position.id)
    write_change(
        session, actor, position, changes, "item_case.suspend", {"hold": str(hold.id), "freezes": hold.freezes_stage}
    )
    return hold


def _freezes(session: Session, position: Position) -> bool:
    """Whether the diagram declares that the stage freezes with this item."""
    if position.parent_id is None:
        return False
    definitions = release_of(session, position.release_id).definitions
    outcome = commands.cascade(definitions, position.snapshots, position.id, "suspended")
    return any(
        isinstance(found, happenings.CascadeTriggered) and found.effect == "freeze" for found in outcome.happenings
    )


def _freeze(session: Session, position: Position, own: Hold, stops_clock: bool) -> None:
    """One hold of the stage, however many of its items freeze it; its clock stops as soon as one of them says so."""
    stage = session.scalar(
        select(Hold).where(
            Hold.stage_case_id == position.stage_case_id, Hold.item_case_id.is_(None), Hold.ended_at.is_(None)
        )
    )
    if stage is not None:
        if stage.stops_clock or not stops_clock:
            return
        # From here on the clock of the stage stands too: a hold of its own, for each stretch counts exactly.
        stage.ended_at, stage.ended_by = position.now, own.started_by
        session.flush()
    session.add(
        Hold(
            id=uuid4(),
            stage_case_id=position.stage_case_id,
            caused_by_id=own.item_case_id,
            cause=f"主流程事项“{position.item_name}”挂起：{own.cause}",
            stops_clock=stops_clock,
            started_at=position.now,
            started_by=own.started_by,
        )
    )
