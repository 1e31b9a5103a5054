"""What happened while a command stepped the diagram; the domain turns each into rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.snapshot import Snapshot, Status


@dataclass(frozen=True, slots=True)
class Happening:
    """Common part: the instance in which it happened."""

    instance_id: UUID


@dataclass(frozen=True, slots=True)
class TaskOpened(Happening):
    """A user task waits for a person; ``organisation``, ``limit`` and the like are evaluated already."""

    task_id: UUID
    element_id: str
    name: str
    role: str
    organisation: str
    form: str | None
    guard: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TaskClosed(Happening):
    """A user task is no longer open: ``cancelled`` when the flow took it away, otherwise completed.

    ``copies``: the posts (role, organisation) that the diagram lets read what was completed.
    """

    task_id: UUID
    element_id: str
    cancelled: bool
    copies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LimitSet(Happening):
    """A limit begins to run.

    ``kind`` is ``task`` (limit of a user task), ``notice`` (within what its post must have been told of it; the
    ``organisation`` answers for that), ``call`` (limit of a call activity) or ``timer`` (intermediate or boundary timer
    event, which ``commands.fire`` continues). ``limit`` is a text such as ``1WD``. ``timeout`` is the declared policy
    when the limit passes, for ``task`` only.
    """

    task_id: UUID
    element_id: str
    kind: str
    limit: str
    attached_to: UUID | None = None
    interrupting: bool = False
    timeout: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class LimitCleared(Happening):
    """The limit of this token no longer runs, because the token moved on or was cancelled."""

    task_id: UUID


@dataclass(frozen=True, slots=True)
class ChildStarted(Happening):
    """A call activity started ``child`` (``child.parent_id == instance_id``) with ``inputs``.

    ``child`` is the snapshot that the outcome holds as well: as it stands at the end of the command. ``kind`` is what
    ``bl:process`` of the called process declares.
    """

    element_id: str
    child: Snapshot
    kind: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InstanceEnded(Happening):
    """An instance ended by itself; ``code`` is the error or escalation code.

    ``outputs`` are those that the parent's call activity declares; of a root, all its data.
    """

    status: Status
    code: str | None
    outputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SubtreeCancelled(Happening):
    """``instance_id`` and all live instances below it end as cancelled, as one set-based act of the caller."""

    reason: str


@dataclass(frozen=True, slots=True)
class OperationPerformed(Happening):
    """A local operation ran in this command; the domain writes what it means."""

    element_id: str
    operation: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OperationRequested(Happening):
    """A remote operation waits for ``commands.finish_operation``; the domain puts it into the outbox."""

    task_id: UUID
    element_id: str
    operation: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MessageExpected(Happening):
    """A receive task or catch event waits for the message ``name``."""

    task_id: UUID
    element_id: str
    name: str


@dataclass(frozen=True, slots=True)
class MessageCleared(Happening):
    """The wait for a message is over, because it came or because the token was cancelled."""

    task_id: UUID


@dataclass(frozen=True, slots=True)
class MessageThrown(Happening):
    """A message leaves the instance; the domain routes it by row id."""

    element_id: str
    name: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SignalThrown(Happening):
    """A signal leaves the instance; inside the instance it has been delivered already."""

    element_id: str
    name: str


@dataclass(frozen=True, slots=True)
class MilestoneReached(Happening):
    """A none throw event that carries ``bl:milestone`` was passed."""

    element_id: str
    name: str


@dataclass(frozen=True, slots=True)
class CascadeTriggered(Happening):
    """A declared cascade of the call activity that started ``child_id`` applies to the children ``targets``."""

    element_id: str
    child_id: UUID
    on: str
    targets: tuple[UUID, ...]
    effect: str
