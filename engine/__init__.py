"""The BPMN kernel on SpiffWorkflow: pure functions from definitions and snapshots to snapshots and happenings.

    definitions = deploy({"stage.bpmn": content}, Registry(roles=frozenset({"officer"})))
    outcome = commands.start(definitions, {}, stage_id, "stage", {"items": [...]}, perform=perform)
    rows = {snapshot.id: snapshot for snapshot in outcome.snapshots}
    task = next(h for h in outcome.happenings if isinstance(h, happenings.TaskOpened))
    try:
        outcome = commands.complete(definitions, {child.id: child}, child.id, task.task_id, fields, perform=perform)
    except SnapshotNeeded as needed:
        ...  # lock the chain from the root, call again with needed.instance_id among the snapshots

An exception means that nothing has changed. See ``engine.commands`` for what each command raises.
"""

from __future__ import annotations

from engine import commands, happenings
from engine.definitions import Definitions, Process, deploy
from engine.errors import (
    DataInvalid,
    DefinitionInvalid,
    EngineError,
    ExecutionFailed,
    NotWaiting,
    OperationFailed,
    SnapshotNeeded,
    StateUnreadable,
)
from engine.findings import Finding
from engine.registry import Registry
from engine.snapshot import OperationCall, Outcome, Snapshot, Status
from engine.tracing import tracing

__all__ = [
    "DataInvalid",
    "DefinitionInvalid",
    "Definitions",
    "EngineError",
    "ExecutionFailed",
    "Finding",
    "NotWaiting",
    "OperationCall",
    "OperationFailed",
    "Outcome",
    "Process",
    "Registry",
    "Snapshot",
    "SnapshotNeeded",
    "StateUnreadable",
    "Status",
    "commands",
    "deploy",
    "happenings",
    "tracing",
]
