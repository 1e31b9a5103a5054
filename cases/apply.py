"""What happened in the engine -> the rows that change: one function a happening."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.orm import Session

from cases import lights, limits
from cases.changes import Case
from cases.context import Context, Place
from cases.copies import make_copies
from cases.models.stages import StageCase
from cases.operations import OPERATIONS
from engine import happenings
from engine.snapshot import Outcome, Snapshot, Status


def apply(outcome: Outcome, context: Context) -> None:
    """Gather in ``context.changes`` what the command's outcome means; raises what an operation refuses."""
    changes = context.changes
    snapshots = {snapshot.id: snapshot for snapshot in outcome.snapshots}
    for happening in outcome.happenings:
        APPLY[type(happening)](happening, context)
    for key, snapshot in snapshots.items():
        if key in changes.started:
            place = context.places[key]
            changes.started[key] |= _instance(snapshot, context, place)
        else:
            changes.instances[key] = snapshot
    if changes.stage_ended:
        changes.later.append(lambda session: _end_stage(session, context))


def _end_stage(session: Session, context: Context) -> None:
    session.execute(update(StageCase).where(StageCase.id == context.stage_case_id).values(ended_at=context.now))


def start(
    snapshot: Snapshot, kind: str, context: Context, case: Case | None = None, subject: dict[str, Any] | None = None
) -> None:
    """A root instance begins: of a stage case, or of what belongs to an item case that is settled."""
    context.places[snapshot.id] = Place(snapshot.id, snapshot.root_id, snapshot.process, kind, case, subject)
    context.changes.started[snapshot.id] = {}


def _instance(snapshot: Snapshot, context: Context, place: Place) -> dict[str, Any]:
    return {
        "id": snapshot.id,
        "parent_id": snapshot.parent_id,
        "parent_task_id": snapshot.parent_task_id,
        "key": snapshot.key,
        "root_id": snapshot.root_id,
        "process": snapshot.process,
        "kind": place.kind,
        "release_id": snapshot.release,
        "status": snapshot.status.value,
        "version": snapshot.version,
        "state": snapshot.state,
        "stage_case_id": context.stage_case_id,
        "item_case_id": place.case.id if place.case else None,
        "subject": place.subject,
        "started_at": context.now,
        "audit_sequence": 0,
        "audit_hash": b"",
        "ended_at": None if snapshot.status is Status.ACTIVE else context.now,
    }


def _task_opened(happening: happenings.TaskOpened, context: Context) -> None:
    case = context.places[happening.instance_id].case
    context.changes.open_task(
        {
            "id": happening.task_id,
            "instance_id": happening.instance_id,
            "stage_case_id": context.stage_case_id,
            "item_case_id": case.id if case else None,
            "element_id": happening.element_id,
            "name": happening.name,
            "role": happening.role,
            "organisation_id": _organisation(happening.name, happening.organisation),
            "form": happening.form,
            "guard": happening.guard,
        }
    )


def _organisation(task: str, organisation: str) -> UUID:
    try:
        return UUID(organisation)
    except ValueError:
        raise ValueError(f"任务“{task}”的办理单位“{organisation[:40]}”不是机构编号") from None


def _task_closed(happening: happenings.TaskClosed, context: Context) -> None:
    context.changes.close_task(happening.task_id, "cancelled" if happening.cancelled else "done")
    if not happening.cancelled:
        make_copies(happening, context)


def _limit_set(happening: happenings.LimitSet, context: Context) -> None:
    start = context.changes.effective_at or context.now
    due = limits.due(context.release, start, happening.limit)
    context.changes.set_limit(
        {
            "instance_id": happening.instance_id,
            "task_id": happening.task_id,
            "element_id": happening.element_id,
            "kind": happening.kind,
            "timeout": happening.timeout,
            "limit_text": happening.limit,
            "started_at": start,
            "due_at": due.at,
            "provisional": due.provisional,
            "held": context.stage_held and context.places[happening.instance_id].case is not None,
            "stage_case_id": context.stage_case_id,
            "region_code": context.release.region.code,
            **_answerable(happening),
            **lights.lit(context.release, happening.kind, start, happening.limit, due.at),
            "calendar_version": context.release.calendar_version,
        }
    )


def _answerable(happening: happenings.LimitSet) -> dict[str, Any]:
    """Whose promise the limit is, where the diagram says so itself."""
    if happening.organisation is None:
        return {}
    return {"organisation_id": _organisation(happening.element_id, happening.organisation)}


def _limit_cleared(happening: happenings.LimitCleared, context: Context) -> None:
    context.changes.clear_limits(happening.task_id)


def _child_started(happening: happenings.ChildStarted, context: Context) -> None:
    child, item = happening.child, happening.inputs.get("item")
    subject = {"code": item["code"], "name": item["name"]} if isinstance(item, dict) else None
    above = context.places.get(happening.instance_id)
    case = above.case if above else None  # what a process below an item does belongs to the item's case
    place = Place(child.id, child.root_id, child.process, happening.kind, case, subject)
    context.places[child.id] = place
    context.changes.started[child.id] = _instance(child, context, place)
    if happening.kind == "item" and isinstance(item, dict):
        place.case = context.changes.open_case(
            {
                "id": uuid4(),
                "stage_case_id": context.stage_case_id,
                "item_code": item["code"],
                "name": item["name"],
                "department_id": item["department"],
                "main": item["main"],
                "limit_text": item.get("limit"),
                "pledge": item.get("pledge", False),
                "predecessors": item.get("predecessors", []),
            }
        )


def _instance_ended(happening: happenings.InstanceEnded, context: Context) -> None:
    place = context.places[happening.instance_id]
    case = place.case
    if place.kind == "item" and case is not None and not case.ended:
        case.ended = True
        case.changed.update(ended_at=context.now, end_reason=happening.code or happening.status.value)
        context.changes.cases[case.id] = case
    if place.instance_id == place.root_id and case is None:
        context.changes.stage_ended = True


def _subtree_cancelled(happening: happenings.SubtreeCancelled, context: Context) -> None:
    context.changes.cancelled.append((happening.instance_id, happening.reason))


def _operation_performed(happening: happenings.OperationPerformed, context: Context) -> None:
    OPERATIONS[happening.operation].write(happening, context)


def _operation_requested(happening: happenings.OperationRequested, context: Context) -> None:
    context.changes.send(
        "operation",
        {
            "instance": str(happening.instance_id),
            "task": str(happening.task_id),
            "operation": happening.operation,
            "inputs": dict(happening.inputs),
        },
    )


def _message_thrown(happening: happenings.MessageThrown, context: Context) -> None:
    context.changes.send(
        "message",
        {"instance": str(happening.instance_id), "name": happening.name, "payload": dict(happening.payload)},
    )


def _milestone_reached(happening: happenings.MilestoneReached, context: Context) -> None:
    context.changes.milestones.append(happening.name)


def _nothing_to_keep(happening: happenings.Happening, context: Context) -> None:
    """The snapshot says it already, and nobody asks the database for it."""


APPLY: dict[type[happenings.Happening], Callable[[Any, Context], None]] = {
    happenings.TaskOpened: _task_opened,
    happenings.TaskClosed: _task_closed,
    happenings.LimitSet: _limit_set,
    happenings.LimitCleared: _limit_cleared,
    happenings.ChildStarted: _child_started,
    happenings.InstanceEnded: _instance_ended,
    happenings.SubtreeCancelled: _subtree_cancelled,
    happenings.OperationPerformed: _operation_performed,
    happenings.OperationRequested: _operation_requested,
    happenings.MessageExpected: _nothing_to_keep,
    happenings.MessageCleared: _nothing_to_keep,
    happenings.MessageThrown: _message_thrown,
    happenings.SignalThrown: _nothing_to_keep,
    happenings.MilestoneReached: _milestone_reached,
    happenings.CascadeTriggered: _nothing_to_keep,
}
