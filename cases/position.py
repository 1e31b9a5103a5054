"""Where a command stands: the instance with its task or limit, its case, its open hold, and the time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from audit.chain import Head
from engine.snapshot import Snapshot, Status


class Above(NamedTuple):
    """An instance over the one that the command addresses, locked."""

    snapshot: Snapshot
    kind: str


class Position(NamedTuple):
    """What the hot read found; :mod:`cases.hot` says in the same order where each column comes from.

    ``task_...`` are None when the command is not about a task, ``due_...`` when it is not about a limit. ``hold_...``
    is an open hold of the item or of its stage. ``calendar_version`` is that of the calendar announced last. ``above``
    is filled when the chain was locked, root first.
    """

    now: datetime
    id: UUID
    process: str
    release_id: str
    status: str
    version: int
    state: bytes
    root_id: UUID
    parent_id: UUID | None
    parent_task_id: UUID | None
    key: str | None
    kind: str
    subject: Mapping[str, Any] | None
    audit_sequence: int
    audit_hash: bytes
    stage_case_id: UUID
    item_case_id: UUID | None
    item_code: str | None
    item_name: str | None
    history: list[int] | None
    item_ended_at: datetime | None
    predecessors: list[str] | None
    hold_id: UUID | None
    hold_cause: str | None
    held_item: UUID | None
    calendar_version: int
    task_id: UUID | None = None
    task_status: str | None = None
    task_name: str | None = None
    element_id: str | None = None
    role: str | None = None
    organisation_id: UUID | None = None
    form: str | None = None
    guard: str | None = None
    assignee_id: UUID | None = None
    due_id: UUID | None = None
    due_kind: str | None = None
    due_token: UUID | None = None
    due_at: datetime | None = None
    due_fired_at: datetime | None = None
    due_cancelled_at: datetime | None = None
    due_held: bool | None = None
    due_timeout: str | None = None
    due_provisional: bool | None = None
    due_started_at: datetime | None = None
    due_calendar_version: int | None = None
    above: tuple[Above, ...] = ()

    @property
    def snapshot(self) -> Snapshot:
        """The instance as the engine wants it."""
        return Snapshot(
            id=self.id,
            process=self.process,
            release=self.release_id,
            status=Status(self.status),
            version=self.version,
            state=self.state,
            root_id=self.root_id,
            parent_id=self.parent_id,
            parent_task_id=self.parent_task_id,
            key=self.key,
        )

    @property
    def snapshots(self) -> dict[UUID, Snapshot]:
        """Every instance by its id."""
        return {above.snapshot.id: above.snapshot for above in self.above} | {self.id: self.snapshot}

    @property
    def head(self) -> Head:
        """The head of the instance's audit stream."""
        return Head(self.audit_sequence, self.audit_hash)
