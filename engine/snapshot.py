"""A process instance as the database keeps it: identity, position in the tree of instances, and opaque state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from engine.happenings import Happening


class Status(StrEnum):
    """How an instance stands; every value but ``ACTIVE`` is final."""

    ACTIVE = "active"
    COMPLETED = "completed"
    ERROR = "error"
    ESCALATION = "escalation"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One instance at one version.

    ``key`` tells siblings of one multi-instance call activity apart; ``root_id`` is the instance at the top of the
    tree; ``state`` is written and read by ``engine.codec`` only; ``version`` grows by one with every command.
    """

    id: UUID
    process: str
    release: str
    status: Status
    version: int
    state: bytes
    root_id: UUID
    parent_id: UUID | None = None
    parent_task_id: UUID | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class OperationCall:
    """A local service task asks for its operation: ``inputs`` are the declared inputs, evaluated."""

    instance_id: UUID
    element_id: str
    operation: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command produced: changed and new snapshots, parent before child, and the happenings in order."""

    snapshots: tuple[Snapshot, ...] = ()
    happenings: tuple[Happening, ...] = field(default=())
