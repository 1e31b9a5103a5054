"""Answer which children a declared cascade reaches."""

from __future__ import annotations

from uuid import UUID

from engine.definitions import Definitions
from engine.errors import NotWaiting, SnapshotNeeded
from engine.execution import Execution, Snapshots
from engine.snapshot import Outcome


def cascade(definitions: Definitions, snapshots: Snapshots, child_id: UUID, on: str) -> Outcome:
    """What the call activity that started ``child_id`` declares for the case that ``on`` befalls the child.

    The outcome changes no instance; each ``CascadeTriggered`` names an effect and the live children it reaches, the
    child itself never among them: all of the parent's call activities (``targets="all"``), or the siblings for which
    the expression holds over the data that their inputs are evaluated over, and ``key``. Where no parent waits for the
    child (any more), nothing is declared and the outcome is empty.
    """
    snapshot = snapshots.get(child_id)
    if snapshot is None:
        raise SnapshotNeeded(child_id)
    if snapshot.parent_id is None or snapshot.parent_task_id is None:
        return Outcome()
    execution = Execution(definitions, snapshots)
    try:
        parent = execution.open(snapshot.parent_id)
    except NotWaiting:
        return Outcome()
    token = parent.find(snapshot.parent_task_id)
    if token is None:
        return Outcome()
    parent.position = token
    parent.resume(lambda: token.task_spec.cascade(token, child_id, on))
    return execution.run()
