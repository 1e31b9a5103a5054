"""What a person does with a task without completing it: locked, checked and audited like the completion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy.orm import Session

from accounts.actor import Actor
from audit.record import record
from cases import hot
from cases.models.instances import ProcessInstance
from cases.position import Position
from cases.releases import citing
from cases.task_rights import require_open, require_worker
from errors import NotFound


@contextmanager
def working_on(session: Session, actor: Actor, task_id: UUID, action: str) -> Iterator[Position]:
    """Lock the task's instance, let the caller change the work item, and record ``action`` in the audit."""
    position = hot.read_locked(session, hot.BY_TASK, task_id)
    if position is None:
        raise NotFound("task_not_found", "没有这个任务，或者它不在您的办理范围内。")
    with citing(session, position.release_id):
        require_worker(session, actor, position)
        require_open(session, actor, position)
    yield position
    record(
        session,
        session.get_one(ProcessInstance, position.id),
        actor=actor,
        action=action,
        recorded_at=position.now,
        object_type="work_items",
        object_id=task_id,
        before={"assignee": position.assignee_id and str(position.assignee_id)},
    )
