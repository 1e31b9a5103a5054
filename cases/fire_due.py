"""Fire a limit that passed: once, however often it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from cases import hot
from cases.carry_out import Admitted, Perform, carry_out
from cases.position import Position
from engine import Definitions, commands
from engine.snapshot import Outcome, Snapshot, Status


def fire_due(session: Session, due_id: UUID) -> bool:
    """Fire the limit of the due row ``due_id``; False when there was nothing to do.

    A timer continues the diagram; the limit of a task or a call only passes, and whoever it concerns is told through
    the outbox. Nothing is done for a row that fired, was cancelled, is held, is not yet due, or whose due time rests
    on a calendar that is not published. Raises ``Conflict`` (``execution_failed``) after an incident.
    """
    return carry_out(session, None, hot.BY_DUE_ROW, due_id, _admit) is not None


def _admit(position: Position) -> Admitted | None:
    if not _must_fire(position):
        return None
    token, instance = position.due_token, position.id
    assert token is not None
    assert position.due_id is not None

    def step(definitions: Definitions, snapshots: Mapping[UUID, Snapshot], perform: Perform) -> Outcome:
        if position.due_kind != "timer":
            return Outcome()
        return commands.fire(definitions, snapshots, instance, token, perform=perform)

    return Admitted(
        step=step,
        action="limit.pass",
        object_type="due_rows",
        object_id=position.due_id,
        command={"name": "fire_due", "due": str(position.due_id)},
        fired=position.due_id,
    )


def _must_fire(position: Position) -> bool:
    over = position.due_fired_at or position.due_cancelled_at or position.due_held or position.due_provisional
    assert position.due_at is not None
    alive = position.status == Status.ACTIVE and position.hold_id is None
    return alive and not over and position.now > position.due_at
