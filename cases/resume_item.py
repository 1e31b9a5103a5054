"""Resume a suspended item case: its tasks are offered again and its clock runs on from where it stood."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.changes import Changes
from cases.changing_hold import case_of, locked_item, write_change
from cases.holds import run_limits
from cases.models.due import Hold
from cases.position import Position
from cases.releases import release_of
from cases.status import Status


def resume_item(
    session: Session, actor: Actor, item_case_id: UUID, *, evidence: dict[str, Any] | None = None
) -> Hold | None:
    """Lift the item's own hold; the frozen stage is lifted with the last one that froze it.

    Lifting is idempotent: None when the item case is not suspended. A hold of the stage that others cause stays, and
    with it the item's limits stand. Raises ``NotFound``, ``NotAllowed`` and ``Conflict`` (the item case has ended).
    """
    position = locked_item(session, actor, item_case_id)
    own = _open_hold(session, position, item_case_id)
    if own is None:
        return None
    own.ended_at, own.ended_by = position.now, actor.user_id
    if evidence:
        own.evidence = {**(own.evidence or {}), **evidence}
    session.flush()
    if own.freezes_stage and not _frozen_by_others(session, position):
        stage = _open_hold(session, position, None)
        if stage is not None:
            stage.ended_at, stage.ended_by = position.now, actor.user_id
            session.flush()
    run_limits(session, release_of(session, position.release_id), position.stage_case_id, position.id)
    changes = Changes(position.now, actor.user_id)
    changes.set_status(case_of(position), Status.SPECIAL_PROCEDURE_ENDED)
    write_change(session, actor, position, changes, "item_case.resume", {"hold": str(own.id)})
    return own


def _open_hold(session: Session, position: Position, item_case_id: UUID | None) -> Hold | None:
    return session.scalar(
        select(Hold).where(
            Hold.stage_case_id == position.stage_case_id,
            Hold.item_case_id == item_case_id if item_case_id else Hold.item_case_id.is_(None),
            Hold.ended_at.is_(None),
        )
    )


def _frozen_by_others(session: Session, position: Position) -> bool:
    return (
        session.scalar(
            select(Hold.id)
            .where(Hold.stage_case_id == position.stage_case_id, Hold.freezes_stage, Hold.ended_at.is_(None))
            .limit(1)
        )
        is not None
    )
