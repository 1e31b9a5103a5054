"""Complete a task with its form: the hot command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases import guards, hot
from cases.carry_out import Admitted, Perform, carry_out
from cases.copies import readers
from cases.options import choices
from cases.position import Position
from cases.releases import release_of
from cases.task_rights import require_active, require_open, require_worker
from engine import Definitions, commands
from engine.snapshot import Outcome, Snapshot
from errors import Conflict, Invalid
from forms import validate


def complete_task(
    session: Session, actor: Actor, task_id: UUID, values: Mapping[str, Any], copies: Sequence[UUID] = ()
) -> Position:
    """Complete the task with the values of its form; the time is the database's, read after the lock.

    ``copies`` are organisations that get to read it (抄送). Raises ``NotFound``, ``NotAllowed``, ``Conflict`` (done,
    cancelled, claimed by another, suspended, precondition), ``Invalid`` with the path of the wrong field. Returns
    where the task stood.
    """

    def admit(found: Position) -> Admitted:
        return _admit(session, actor, found, values, copies)

    position = carry_out(session, actor, hot.BY_TASK, task_id, admit)
    assert position is not None
    return position


def _admit(
    session: Session, actor: Actor, position: Position, values: Mapping[str, Any], copies: Sequence[UUID]
) -> Admitted:
    require_worker(session, actor, position)
    require_open(session, actor, position)
    require_active(position)
    submission = check_form(session, position, values)
    guards.check(session, position, submission)
    copied = readers(session, position, copies)
    task_id = position.task_id
    assert task_id is not None

    def step(definitions: Definitions, snapshots: Mapping[UUID, Snapshot], perform: Perform) -> Outcome:
        return commands.complete(definitions, snapshots, position.id, task_id, submission, perform=perform)

    return Admitted(
        step=step,
        action="task.complete",
        object_type="work_items",
        object_id=task_id,
        command={
            "name": "complete_task",
            "task": str(task_id),
            "values": submission,
            "copies": [str(organisation) for organisation in copied],
            "actor": str(actor.user_id),
        },
        submission=submission,
        copies=copied,
    )


def check_form(session: Session, position: Position, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as plain JSON, held to the form of the task; raises ``Invalid``."""
    if position.form is None:
        if values:
            raise Invalid("form_invalid", "这个任务没有表单，不需要填写内容。", field="values")
        return {}
    release = release_of(session, position.release_id)
    form = release.forms.get(position.form)
    if form is None:
        raise Conflict("form_missing", f"发布版本里没有表单 {position.form}，请联系流程管理员。")
    lists = choices(session, release, position.stage_case_id, form, values)
    offered = {key: [choice.value for choice in found] for key, found in lists.items()}
    cleaned: dict[str, Any] = orjson.loads(orjson.dumps(validate(form, values, offered), default=str))
    return cleaned
