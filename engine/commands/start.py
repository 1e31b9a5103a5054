"""Start an instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine.data import checked
from engine.definitions import Definitions
from engine.errors import NotWaiting
from engine.execution import Execution, Perform, Place, Snapshots, no_operations
from engine.snapshot import Outcome


def start(
    definitions: Definitions,
    snapshots: Snapshots,
    instance_id: UUID,
    process: str,
    data: Mapping[str, Any],
    *,
    release: str | None = None,
    perform: Perform = no_operations,
) -> Outcome:
    """Start ``process`` as a new root instance with ``data`` and step it until it waits.

    ``release`` is what the snapshots (children's too) carry as theirs; default: the definitions' own hash. Raises
    ``NotWaiting`` when ``snapshots`` has an instance of that id already.
    """
    if instance_id in snapshots:
        raise NotWaiting(f"实例 {instance_id} 已经存在")
    execution = Execution(definitions, snapshots, perform)
    place = Place(process, release or definitions.release, instance_id, None, None, None)
    execution.start(instance_id, place, checked(data, "data"))
    return execution.run()
