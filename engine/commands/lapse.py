"""See what a user task is done with when its limit passes and nobody did it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.declarations import mapped
from engine.definitions import Definitions
from engine.elements.user_task import UserTask
from engine.errors import NotWaiting
from engine.execution import Execution, Snapshots, no_operations


@dataclass(frozen=True, slots=True)
class Lapse:
    """The ``fields`` to complete the task with; ``from_start``: the act counts from the start of its limit."""

    fields: dict[str, Any]
    from_start: bool


def lapse(definitions: Definitions, snapshots: Snapshots, instance_id: UUID, task_id: UUID) -> Lapse:
    """What the diagram declares for the passing of the limit of a task; nothing is stepped.

    Raises ``NotWaiting`` when the task is not open, ``ExpressionFailed`` when a value cannot be evaluated.
    """
    token = Execution(definitions, snapshots, no_operations).open(instance_id).find(task_id)
    if token is None or not isinstance(token.task_spec, UserTask):
        raise NotWaiting(f"任务 {task_id} 已经办理或已取消")
    declared = token.task_spec.declared
    return Lapse(mapped(declared.lapse, token.data, {}), declared.from_start)
