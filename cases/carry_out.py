"""Carry out one command on a process instance: read, admit, step the engine, apply, write.

Every use case that moves a diagram goes through here, so that the order of locks, the incident of a failing diagram
and the one hand-written write are the same for all.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from accounts.actor import Actor
from audit.chain import Entry
from cases import hot, hot_write
from cases.apply import apply
from cases.begin import begin
from cases.cancel import cancel_subtrees
from cases.changes import Beginning, Case, Changes
from cases.context import Context, Place
from cases.incidents import Failure, record_incident
from cases.operations import OPERATIONS
from cases.position import Position
from cases.releases import cite, release_of
from engine import Definitions
from engine.errors import ExecutionFailed, NotWaiting, SnapshotNeeded
from engine.snapshot import OperationCall, Outcome, Snapshot
from errors import Conflict, NotFound, Refused
from processes.calendars import know_version

Perform = Callable[[OperationCall], Mapping[str, Any]]
Step = Callable[[Definitions, Mapping[UUID, Snapshot], Perform], Outcome]


@dataclass(frozen=True, slots=True)
class Admitted:
    """A command that may be carried out: how it steps the engine, and what is kept of it.

    ``action``, ``object_type`` and ``object_id`` name it in the audit, ``command`` repeats it after an incident.
    """

    step: Step
    action: str
    object_type: str
    object_id: UUID
    command: Mapping[str, Any]
    submission: dict[str, Any] = field(default_factory=dict)
    copies: tuple[UUID, ...] = ()
    fired: UUID | None = None
    lapsed: UUID | None = None
    effective_at: datetime | None = None
    messages: tuple[tuple[str, dict[str, Any]], ...] = ()


Admit = Callable[[Position], Admitted | None]


def carry_out(
    session: Session, actor: Actor | None, address: hot.Address, identifier: UUID, admit: Admit
) -> Position | None:
    """Carry out what ``admit`` makes of the position; None when it admits nothing (a repetition).

    Raises ``NotFound``, what ``admit`` and the operations refuse, and ``Conflict`` (``execution_failed``) after an
    incident; ``database.transaction`` retries the races.
    """
    position = hot.read(session, address, identifier)
    if position is None:
        raise NotFound("task_not_found", "没有这个任务，或者它不在您的办理范围内。")
    know_version(session, position.calendar_version)
    try:
        return _compute(session, actor, position, admit, address, identifier)
    except Refused as refusal:
        cite(session, position.release_id, refusal)
        raise


def _compute(
    session: Session, actor: Actor | None, position: Position, admit: Admit, address: hot.Address, identifier: UUID
) -> Position | None:
    """Attempt it, anew with the instances above locked where the engine needs them."""
    try:
        return _attempt(session, actor, position, admit)
    except SnapshotNeeded:
        chain = hot.read_chain(session, address, identifier)
    assert chain is not None, "it was there before"
    know_version(session, chain.calendar_version)
    return _attempt(session, actor, chain, admit)


def _attempt(session: Session, actor: Actor | None, position: Position, admit: Admit) -> Position | None:
    admitted = admit(position)
    if admitted is None:
        return None
    context = _context(session, actor, position, admitted)
    try:
        outcome = admitted.step(context.release.definitions, position.snapshots, _performer(context))
        apply(outcome, context)
    except NotWaiting as error:
        raise Conflict("task_already_done", "这个任务已经办过或已被取消，请刷新任务列表。") from error
    except (ExecutionFailed, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise _refusal(session, actor, position, admitted, error) from error
    changes = context.changes
    changes.entries.append(_entry(actor, position, admitted, changes))
    hot_write.write(session, changes, position.id, position.head)
    cancel_subtrees(session, changes)
    for beginning in changes.beginnings:
        _begin(session, context, beginning)
    return position


def _begin(session: Session, context: Context, beginning: Beginning) -> None:
    """Start the process of the pack that is of this kind."""
    processes = context.release.definitions.processes
    process = next((name for name, found in processes.items() if found.kind == beginning.kind), None)
    if process is None:
        raise Conflict("process_missing", f"发布版本里没有 {beginning.kind} 类的流程，请联系流程管理员。")
    case = beginning.case
    subject = {"code": case.item_code, "name": case.name}
    begin(session, context, beginning.instance_id, process, beginning.data, case, subject)
    beginning.attach(session, beginning.instance_id)


def _context(session: Session, actor: Actor | None, position: Position, admitted: Admitted) -> Context:
    changes = Changes(position.now, actor.user_id if actor else None)
    changes.submission, changes.fired = admitted.submission, admitted.fired
    changes.lapsed, changes.effective_at = admitted.lapsed, admitted.effective_at
    for topic, payload in admitted.messages:
        changes.send(topic, payload)
    context = Context(
        session=session,
        release=release_of(session, position.release_id),
        actor=actor,
        now=position.now,
        stage_case_id=position.stage_case_id,
        changes=changes,
        submission=admitted.submission,
        copies=admitted.copies,
        stage_held=position.hold_id is not None and position.held_item is None,
    )
    case = None
    if position.item_case_id is not None:
        assert position.item_code is not None
        assert position.item_name is not None
        ended = position.item_ended_at is not None
        case = Case(position.item_case_id, position.item_code, position.item_name, position.history or [], ended)
    for above in position.above:
        snapshot = above.snapshot
        its_case = case if above.kind == "item" else None  # what goes on below an item belongs to the item's case
        context.places[snapshot.id] = Place(snapshot.id, snapshot.root_id, snapshot.process, above.kind, its_case)
    context.places[position.id] = Place(position.id, position.root_id, position.process, position.kind, case)
    return context


def _performer(context: Context) -> Perform:
    def perform(call: OperationCall) -> Mapping[str, Any]:
        return OPERATIONS[call.operation].perform(call.inputs, context)

    return perform


def _refusal(
    session: Session, actor: Actor | None, position: Position, admitted: Admitted, error: Exception
) -> Refused:
    """What an operation refused while the engine stepped, or the incident of a diagram that cannot go on."""
    if isinstance(error.__cause__, Refused):
        return error.__cause__
    element, reason = None, str(error)
    instance_id, trace = position.id, "".join(traceback.format_exception(error))
    if isinstance(error, ExecutionFailed):
        element, reason, instance_id = error.element_id, error.reason, error.instance_id
        trace = error.trace or trace
    if instance_id not in position.snapshots:
        instance_id = position.id  # the instance at fault was never written
    failure = Failure(instance_id, element, reason, trace, admitted.command)
    return record_incident(session, actor, failure, position.now)


def _entry(actor: Actor | None, position: Position, admitted: Admitted, changes: Changes) -> Entry:
    after: dict[str, Any] = {
        "element": position.element_id,
        "values": admitted.submission,
        "opened": [row["element_id"] for row in changes.opened.values()],
        "closed": {str(task): status for task, status in changes.closed.items()},
        "instances": {str(key): snapshot.status.value for key, snapshot in changes.instances.items()},
        "status_events": [event["code"] for event in changes.events],
        "cancelled": [str(instance) for instance, _ in changes.cancelled],
    }
    return Entry(
        stream_kind="process_instances",
        stream_id=str(position.id),
        action=admitted.action,
        object_type=admitted.object_type,
        object_id=str(admitted.object_id),
        effective_at=admitted.effective_at or position.now,
        recorded_at=position.now,
        actor_id=actor.user_id if actor else None,
        address=actor.address if actor else None,
        details={
            "before": {"version": position.version, "history": position.history},
            "after": {name: value for name, value in after.items() if value},
        },
    )
