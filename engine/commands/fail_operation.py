"""Take the failure of a remote operation."""

from __future__ import annotations

from uuid import UUID

from engine.definitions import Definitions
from engine.elements.operation import waiting_operation
from engine.execution import Execution, Perform, Snapshots, no_operations
from engine.snapshot import Outcome


def fail_operation(
    definitions: Definitions,
    snapshots: Snapshots,
    instance_id: UUID,
    task_id: UUID,
    code: str,
    reason: str,
    *,
    perform: Perform = no_operations,
) -> Outcome:
    """The remote operation that ``task_id`` requested has failed with the BPMN error ``code``.

    An error boundary event that catches the code goes on. Where there is none, ``ExecutionFailed`` is raised with
    ``reason``, the operation is still awaited, and ``retry`` requests it again. Raises ``NotWaiting``.
    """
    execution = Execution(definitions, snapshots, perform)
    instance = execution.open(instance_id)
    token = waiting_operation(instance, task_id)
    instance.position = token
    if not token.task_spec.fail(token, code):
        raise instance.failed(reason or f"操作失败：{code}")
    execution.touch(instance)
    return execution.run()
