"""See where an instance stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition

from engine.codec import decode
from engine.definitions import Definitions
from engine.elements.element import LIMIT
from engine.execution import Execution
from engine.snapshot import Snapshot, Status
from engine.token import Token


@dataclass(frozen=True, slots=True)
class Standing:
    """One token: where it stands, with what data, what it waits for."""

    task_id: UUID
    element_id: str
    kind: str
    data: Mapping[str, Any]
    limit: str | None = None
    message: str | None = None
    children: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """An instance: its tokens in order of arrival, and its data so far (after the end: the final data)."""

    status: Status
    data: Mapping[str, Any]
    tokens: tuple[Standing, ...]


def inspect(definitions: Definitions, snapshot: Snapshot) -> State:
    """Where the instance stands; raises ``StateUnreadable``."""
    instance = decode(Execution(definitions, {}), snapshot)
    held = sorted((token for scope in instance.scopes() for token in scope.held()), key=lambda token: token.id)
    standings = tuple(_standing(token) for token in held)
    return State(snapshot.status, instance.current_data()[0], standings)


def _standing(token: Token) -> Standing:
    instance, spec = token.workflow.instance, token.task_spec
    task_id = instance.task_id(token)
    awaited = getattr(spec, "event_definition", None)
    return Standing(
        task_id=task_id,
        element_id=spec.bpmn_id,
        kind=type(spec).__name__,
        data=dict(token.data),
        limit=token.internal_data.get(LIMIT),
        message=awaited.name if isinstance(awaited, MessageEventDefinition) else None,
        children=tuple(spec.live_children(token).values()),
    )
