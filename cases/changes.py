"""What one command changes, gathered in memory until the one statement writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from audit.chain import Entry
from cases.status import ENDING, Status, follow
from engine.snapshot import Snapshot

Row = dict[str, Any]


@dataclass(slots=True)
class Case:
    """An item case while a command works on it: its columns, and what of them changed."""

    id: UUID
    item_code: str
    name: str
    history: list[int]
    ended: bool = False
    new: bool = False
    changed: Row = field(default_factory=dict)


@dataclass(slots=True)
class Beginning:
    """A root instance that begins with a command and belongs to its item case; ``data`` is what it starts with.

    ``attach`` writes what refers to it, once it is there.
    """

    instance_id: UUID
    kind: str
    case: Case
    data: Row
    attach: Callable[[Session, UUID], None]


@dataclass(slots=True)
class Changes:
    """The rows of one command. Rows are named by their id, so that a later happening can correct an earlier one.

    ``beginnings`` are root instances that begin after the statement; ``cancelled`` names the tops of subtrees that end
    as one set-based act after it; ``later`` are the rare further writes, run in order in the same transaction: whoever
    lost the race knows it by then.
    ``lapsed`` is the task that the passing of its limit did (``fired`` is that limit). ``effective_at`` is since when
    the act counts, where that is not now: status events and limits then begin there.
    """

    now: datetime
    actor_id: UUID | None
    instances: dict[UUID, Snapshot] = field(default_factory=dict)
    started: dict[UUID, Row] = field(default_factory=dict)
    pointed: dict[UUID, UUID] = field(default_factory=dict)
    opened: dict[UUID, Row] = field(default_factory=dict)
    closed: dict[UUID, str] = field(default_factory=dict)
    limits: dict[tuple[UUID, str], Row] = field(default_factory=dict)
    cleared: set[UUID] = field(default_factory=set)
    cases: dict[UUID, Case] = field(default_factory=dict)
    events: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    later: list[Callable[[Session], object]] = field(default_factory=list)
    beginnings: list[Beginning] = field(default_factory=list)
    cancelled: list[tuple[UUID, str]] = field(default_factory=list)
    milestones: list[str] = field(default_factory=list)
    stage_ended: bool = False
    submission: dict[str, Any] = field(default_factory=dict)
    fired: UUID | None = None
    lapsed: UUID | None = None
    effective_at: datetime | None = None

    def open_task(self, row: Row) -> None:
        """A task waits for a person from now on; who may take it is told through the outbox."""
        self.opened[row["id"]] = {**row, "status": "open", "opened_at": self.now}
        self.send("task_opened", {"work_item": str(row["id"])})

    def close_task(self, task_id: UUID, status: str) -> None:
        """A task is ``done`` or ``cancelled``; one that this same command opened was never there."""
        if self.opened.pop(task_id, None) is None:
            self.closed[task_id] = status
        else:
            self.messages = [row for row in self.messages if row["payload"].get("work_item") != str(task_id)]

    def set_limit(self, row: Row) -> None:
        """A limit runs from now on; that of a task is the promise of the task's organisation."""
        task = self.opened.get(row["task_id"], {})
        standing = {"id": uuid4(), "started_at": self.now, "organisation_id": task.get("organisation_id")}
        self.limits[row["task_id"], row["kind"]] = {**standing, **row}

    def clear_limits(self, task_id: UUID) -> None:
        """No limit of this token runs any more."""
        for key in [key for key in self.limits if key[0] == task_id]:
            del self.limits[key]
        self.cleared.add(task_id)

    def open_case(self, row: Row) -> Case:
        """An item case begins; ``row`` holds its columns."""
        case = Case(row["id"], row["item_code"], row["name"], [], new=True, changed=row)
        self.cases[case.id] = case
        return case

    def set_status(self, case: Case, code: Status) -> None:
        """Append a status event in the legal order; raises ``Conflict`` out of order."""
        self.cases[case.id] = case
        case.history = follow(case.history, code)
        self.events.append(
            {
                "item_case_id": case.id,
                "sequence": len(case.history),
                "code": int(code),
                "effective_at": self.effective_at or self.now,
                "recorded_at": self.now,
                "actor_id": self.actor_id,
            }
        )
        case.changed.update(status=int(code), history=case.history)
        if code is Status.ACCEPTED:
            case.changed["accepted_at"] = self.effective_at or self.now
        if code in ENDING:
            case.ended = True
            case.changed["ended_at"] = self.now

    def send(self, topic: str, payload: Row) -> None:
        """Put a message into the outbox."""
        self.messages.append({"id": uuid4(), "topic": topic, "payload": payload, "created_at": self.now, "attempts": 0})
