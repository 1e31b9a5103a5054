"""Resume a suspended item case: its tasks are offered again and its clock runs on from where it stood."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.changes import Changes
from cases.changing_hold import case_of, locked_item, write_change
from cases.holds import lift, open_hold
from cases.models.due import Hold
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
    own = open_hold(session, position.stage_case_id, item_case_id)
    if own is None:
        return None
    if evidence:
        own.evidence = {**(own.evidence or {}), **evidence}
    changes = Changes(position.now, actor.user_id)
    lift(session, release_of(session, position.release_id), position.stage_case_id, item_case_id, position.id, changes)
    changes.set_status(case_of(position), Status.SPECIAL_PROCEDURE_ENDED)
    write_change(session, actor, position, changes, "item_case.resume", {"hold": str(own.id)})
    return own
