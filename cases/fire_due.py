"""Fire a limit that has passed: a timer goes on, a policy does its task, any other limit is told to those concerned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from cases import guards, hot
from cases.carry_out import Admitted, Perform, Step, carry_out
from cases.models.due import DueRow
from cases.position import Position
from cases.procedure_limit import ASKED
from cases.recompute_dues import recompute_due
from cases.releases import release_of
from engine import Definitions, commands
from engine.snapshot import Outcome, Snapshot
from errors import NotFound, Refused

LOOK_AGAIN = timedelta(days=1)
BY_ITSELF = ("pass", "refuse", "return")
"""Policies that do the task; the lint lets none of them decide on a licence."""


def fire_due(session: Session, due_id: UUID) -> bool:
    """Fire one due row; whether it fired. Nothing happens to one that has fired, was cancelled, is held, or is not due.

    A due that rests on a year without announced holidays is provisional: it is never red, and nothing follows from it
    (DOMAIN, working time). It is looked at again a day later. One that an older calendar gave is computed anew first,
    so that what fires is what is shown (U6).
    """
    try:
        return carry_out(session, None, hot.BY_DUE_ROW, due_id, lambda found: _admit(session, found)) is not None
    except NotFound:
        return False


def _admit(session: Session, position: Position) -> Admitted | None:
    if position.due_fired_at or position.due_cancelled_at or position.due_held:
        return None
    assert position.due_calendar_version is not None
    if position.due_calendar_version < position.calendar_version:
        assert position.due_id is not None
        recompute_due(session, position.due_id)  # and is claimed anew, if it is still due
        return None
    assert position.due_at is not None
    assert position.due_id is not None
    if position.now <= position.due_at:
        return None
    if position.due_provisional:
        _look_again(session, position)
        return None
    if position.due_timeout in BY_ITSELF and position.task_status == "open":
        return _lapsed(session, position)
    timer = position.due_kind == "timer"
    topic = "hold_stands" if position.due_kind == ASKED else "limit_passed"
    return Admitted(
        step=_occur(position) if timer else _only_told,
        action="limit.fire",
        object_type="due_rows",
        object_id=position.due_id,
        command={"name": "fire_due", "due": str(position.due_id)},
        fired=position.due_id,
        messages=() if timer else ((topic, _passed(position)),),
    )


def _look_again(session: Session, position: Position) -> None:
    later = position.now + LOOK_AGAIN
    session.execute(update(DueRow).where(DueRow.id == position.due_id).values(claimed_until=later))


def _lapsed(session: Session, position: Position) -> Admitted | None:
    """The limit does the task as the diagram declares: passed by silence, or refused or returned to an applicant.

    What the task may not be done without (its guard) holds for silence too: it is looked at again a day later.
    """
    task_id = position.task_id
    assert task_id is not None
    definitions = release_of(session, position.release_id).definitions
    declared = commands.lapse(definitions, position.snapshots, position.id, task_id)
    try:
        guards.check(session, position, declared.fields)
    except Refused:
        _look_again(session, position)
        return None

    def step(definitions: Definitions, snapshots: Mapping[UUID, Snapshot], perform: Perform) -> Outcome:
        return commands.complete(definitions, snapshots, position.id, task_id, declared.fields, perform=perform)

    return Admitted(
        step=step,
        action="task.lapse",
        object_type="work_items",
        object_id=task_id,
        command={"name": "fire_due", "due": str(position.due_id)},
        submission=declared.fields,
        fired=position.due_id,
        lapsed=task_id,
        effective_at=position.due_started_at if declared.from_start else None,
        messages=(("limit_passed", _passed(position)),),
    )


def _occur(position: Position) -> Step:
    token = position.due_token
    assert token is not None

    def step(definitions: Definitions, snapshots: Mapping[UUID, Snapshot], perform: Perform) -> Outcome:
        return commands.fire(definitions, snapshots, position.id, token, perform=perform)

    return step


def _only_told(definitions: Definitions, snapshots: Mapping[UUID, Snapshot], perform: Perform) -> Outcome:
    return Outcome()


def _passed(position: Position) -> dict[str, Any]:
    return {
        "stage_case": str(position.stage_case_id),
        "work_item": position.task_id and str(position.task_id),
        "policy": position.due_timeout,
        "due": position.due_id and str(position.due_id),
        "subject": position.due_token and str(position.due_token),
    }
