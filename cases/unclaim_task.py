"""Give a claimed task back to the post."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.models.instances import WorkItem
from cases.working_on import working_on


def unclaim_task(session: Session, actor: Actor, task_id: UUID) -> None:
    """Give back a task that the actor has claimed; its draft stays. A task that nobody has claimed stays as it is.

    Raises ``NotFound``, ``NotAllowed`` and ``Conflict`` (done, cancelled, claimed by another).
    """
    with working_on(session, actor, task_id, "task.unclaim"):
        session.execute(update(WorkItem).where(WorkItem.id == task_id).values(assignee_id=None))
