"""Take the result of a remote operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine.data import plain
from engine.definitions import Definitions
from engine.elements.operation import waiting_operation
from engine.execution import Execution, Perform, Snapshots, no_operations
from engine.snapshot import Outcome


def finish_operation(
    definitions: Definitions,
    snapshots: Snapshots,
    instance_id: UUID,
    task_id: UUID,
    outputs: Mapping[str, Any],
    *,
    perform: Perform = no_operations,
) -> Outcome:
    """The remote operation that ``task_id`` requested has given ``outputs``; step on.

    Only declared outputs enter the data. Raises ``NotWaiting`` when the operation is not awaited.
    """
    execution = Execution(definitions, snapshots, perform)
    instance = execution.open(instance_id)
    token = waiting_operation(instance, task_id)
    given = plain(outputs, "outputs")
    instance.position = token
    instance.resume(lambda: token.task_spec.take(token, given))
    instance.resume(token.complete)
    execution.touch(instance)
    return execution.run()
