"""What a decision on a task would lead to: the completion, rehearsed with the decision alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases import hot
from cases.carry_out import Admitted, Perform, carry_out
from cases.consequences import Consequences, rehearse
from cases.models.instances import WorkItem
from cases.position import Position
from cases.releases import release_of
from cases.task_rights import require_active, require_open, require_worker
from engine import Definitions, commands
from engine.snapshot import Outcome, Snapshot
from errors import Conflict, Invalid, NotFound
from forms import Field
from processes.release import Release

DECISION = "decision"
BLANK = "——"


def rehearse_decision(session: Session, actor: Actor, task_id: UUID, decision: str) -> Consequences:
    """What completing the task with ``decision`` would do to its stage; the rest of the form is not asked for.

    Raises ``NotFound``, ``NotAllowed``, ``Conflict`` (done, suspended, nothing to decide) and ``Invalid`` (no such
    decision).
    """
    stage_case_id = session.scalar(select(WorkItem.stage_case_id).where(WorkItem.id == task_id))
    if stage_case_id is None:
        raise NotFound("task_not_found", "没有这个任务，或者它不在您的办理范围内。")

    def act() -> None:
        carry_out(session, actor, hot.BY_TASK, task_id, lambda found: _admit(session, actor, found, decision))

    return rehearse(session, stage_case_id, act)


def _admit(session: Session, actor: Actor, position: Position, decision: str) -> Admitted:
    require_worker(session, actor, position)
    require_open(session, actor, position)
    require_active(position)
    values = _values(release_of(session, position.release_id), position, decision)
    task_id = position.task_id
    assert task_id is not None

    def step(definitions: Definitions, snapshots: Mapping[UUID, Snapshot], perform: Perform) -> Outcome:
        return commands.complete(definitions, snapshots, position.id, task_id, values, perform=perform)

    return Admitted(step, "task.rehearse", "work_items", task_id, command={}, submission=values)


def _values(release: Release, position: Position, decision: str) -> dict[str, Any]:
    """The decision, and something in every other field of the form."""
    form = release.forms.get(position.form or "")
    fields = {field.key: field for field in form.fields} if form else {}
    if DECISION not in fields:
        raise Conflict("nothing_to_decide", "这个环节没有要作的决定，不能试算。")
    options = fields[DECISION].options or ()
    if decision not in options:
        offered = "、".join(options)
        raise Invalid("decision_unknown", f"这个环节的决定只有：{offered}。", field=DECISION)
    return {key: _blank(field, position.now) for key, field in fields.items()} | {DECISION: decision}


def _blank(field: Field, now: datetime) -> Any:
    match field.type:
        case "dynamiclist" | "checklist" | "taglist":
            return []
        case "datetime":
            return now.date().isoformat()
        case "textfield" | "textarea":
            return BLANK
    return None
