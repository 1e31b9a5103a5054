"""Deliver a signal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition

from engine.data import checked
from engine.definitions import Definitions
from engine.execution import Execution, Perform, Snapshots, no_operations
from engine.snapshot import Outcome

NOTHING: Mapping[str, Any] = {}


def signal(
    definitions: Definitions,
    snapshots: Snapshots,
    instance_id: UUID,
    name: str,
    payload: Mapping[str, Any] = NOTHING,
    *,
    perform: Perform = no_operations,
) -> Outcome:
    """Deliver the signal ``name`` to everything in the instance that waits for it; an empty outcome if nothing does."""
    execution = Execution(definitions, snapshots, perform)
    instance = execution.open(instance_id)
    waiting = instance.awaiting(SignalEventDefinition, name)
    if not waiting:
        return Outcome()
    entering = checked(payload, "payload")
    for token in waiting:
        token.task_spec.occur(token, entering)
    execution.touch(instance)
    return execution.run()
