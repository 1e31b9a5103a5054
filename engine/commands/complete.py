"""Complete a user task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine.data import plain
from engine.definitions import Definitions
from engine.elements.user_task import UserTask
from engine.errors import NotWaiting
from engine.execution import Execution, Perform, Snapshots, no_operations
from engine.snapshot import Outcome


def complete(
    definitions: Definitions,
    snapshots: Snapshots,
    instance_id: UUID,
    task_id: UUID,
    fields: Mapping[str, Any],
    *,
    perform: Perform = no_operations,
) -> Outcome:
    """Complete the user task ``task_id`` of the instance with the form's ``fields`` and step on.

    Only what the task declares as outputs enters the data. Raises ``NotWaiting`` when the task is not open.
    """
    execution = Execution(definitions, snapshots, perform)
    instance = execution.open(instance_id)
    token = instance.find(task_id)
    if token is None or not isinstance(token.task_spec, UserTask):
        raise NotWaiting(f"任务 {task_id} 已经办理或已取消")
    instance.position = token
    filled_in = plain(fields, "fields")
    instance.resume(lambda: token.task_spec.fill(token, filled_in))
    instance.resume(token.complete)
    execution.touch(instance)
    return execution.run()
