"""Request a remote operation again."""

from __future__ import annotations

from uuid import UUID

from engine.definitions import Definitions
from engine.elements.operation import waiting_operation
from engine.execution import Execution, Snapshots
from engine.snapshot import Outcome


def retry(definitions: Definitions, snapshots: Snapshots, instance_id: UUID, task_id: UUID) -> Outcome:
    """Say ``OperationRequested`` again for the operation that ``task_id`` waits for; the instance does not change.

    A command that failed as a whole (``ExecutionFailed``) has changed nothing and is retried by calling it again.
    Raises ``NotWaiting``.
    """
    execution = Execution(definitions, snapshots)
    instance = execution.open(instance_id)
    token = waiting_operation(instance, task_id)
    instance.position = token
    instance.resume(lambda: token.task_spec.request(token))
    return execution.run()
