"""Claim a task of one's post, so that colleagues leave it alone."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.models.instances import WorkItem
from cases.working_on import working_on


def claim_task(session: Session, actor: Actor, task_id: UUID) -> None:
    """Make the actor the assignee of an open task of his post; claiming one's own task again changes nothing.

    Raises ``NotFound``, ``NotAllowed`` and ``Conflict`` (done, cancelled, claimed by another).
    """
    with working_on(session, actor, task_id, "task.claim") as position:
        if position.assignee_id != actor.user_id:
            session.execute(update(WorkItem).where(WorkItem.id == task_id).values(assignee_id=actor.user_id))
