"""Cancel an instance."""

from __future__ import annotations

from uuid import UUID

from engine.definitions import Definitions
from engine.execution import Execution, Perform, Snapshots, no_operations
from engine.snapshot import Outcome


def cancel(
    definitions: Definitions,
    snapshots: Snapshots,
    instance_id: UUID,
    reason: str,
    *,
    perform: Perform = no_operations,
) -> Outcome:
    """End the instance and everything below it as cancelled, by one ``SubtreeCancelled`` for the caller's own act.

    No handler of it runs. A parent counts the child as ended without result and steps on (``SnapshotNeeded``).
    Raises ``NotWaiting`` when it has ended already.
    """
    execution = Execution(definitions, snapshots, perform)
    execution.cancel(execution.open(instance_id), reason)
    return execution.run()
