"""Fire a timer."""

from __future__ import annotations

from uuid import UUID

from engine.definitions import Definitions
from engine.elements.events import LimitEventDefinition
from engine.errors import NotWaiting
from engine.execution import Execution, Perform, Snapshots, no_operations
from engine.snapshot import Outcome


def fire(
    definitions: Definitions,
    snapshots: Snapshots,
    instance_id: UUID,
    task_id: UUID,
    *,
    perform: Perform = no_operations,
) -> Outcome:
    """Let the timer event ``task_id`` (a ``LimitSet`` of kind ``timer``) occur and step on.

    A timer that has fired or was cleared, and an instance that has ended, give an empty outcome: firing twice has one
    effect.
    """
    execution = Execution(definitions, snapshots, perform)
    try:
        instance = execution.open(instance_id)
    except NotWaiting:
        return Outcome()
    token = instance.find(task_id)
    if token is None or not isinstance(getattr(token.task_spec, "event_definition", None), LimitEventDefinition):
        return Outcome()
    instance.position = token
    token.task_spec.occur(token, {})
    execution.touch(instance)
    return execution.run()
