"""Begin a process that nothing stands above: a stage case, or a promise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from audit.chain import NO_HEAD
from cases import hot_write
from cases.apply import apply, start
from cases.changes import Case, Changes
from cases.context import Context
from cases.operations import OPERATIONS
from engine import commands
from engine.snapshot import OperationCall


def begin(
    session: Session,
    context: Context,
    instance_id: UUID,
    process: str,
    data: Mapping[str, Any],
    case: Case | None = None,
    subject: dict[str, Any] | None = None,
) -> None:
    """Start ``process`` as a root instance and write what follows; ``case`` is the item case that it belongs to."""
    context = replace(context, changes=Changes(context.now, context.actor_id), places={}, submission={})

    def perform(call: OperationCall) -> Any:
        return OPERATIONS[call.operation].perform(call.inputs, context)

    release = context.release
    outcome = commands.start(release.definitions, {}, instance_id, process, data, release=release.id, perform=perform)
    root = next(snapshot for snapshot in outcome.snapshots if snapshot.id == instance_id)
    start(root, release.definitions.processes[process].kind, context, case, subject)
    apply(outcome, context)
    hot_write.write(session, context.changes, instance_id, NO_HEAD)
