"""Deliver a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition

from engine.data import checked
from engine.definitions import Definitions
from engine.errors import NotWaiting
from engine.execution import Execution, Perform, Snapshots, no_operations
from engine.snapshot import Outcome


def correlate(
    definitions: Definitions,
    snapshots: Snapshots,
    instance_id: UUID,
    name: str,
    payload: Mapping[str, Any],
    *,
    task_id: UUID | None = None,
    perform: Perform = no_operations,
) -> Outcome:
    """Deliver the message ``name`` to what has waited longest for it in the instance; ``payload`` enters its data.

    ``task_id`` (of a ``MessageExpected``) names one of several that wait. Raises ``NotWaiting`` when nobody waits.
    """
    execution = Execution(definitions, snapshots, perform)
    instance = execution.open(instance_id)
    waiting = instance.awaiting(MessageEventDefinition, name)
    if task_id is not None:
        waiting = [token for token in waiting if instance.task_id(token) == task_id]
    if not waiting:
        raise NotWaiting(f"流程没有在等待消息“{name}”")
    instance.position = waiting[0]
    waiting[0].task_spec.occur(waiting[0], checked(payload, "payload"))
    execution.touch(instance)
    return execution.run()
