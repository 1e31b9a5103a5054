"""What a local operation, a guard or a happening may look at while a command is carried out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.changes import Case, Changes
from processes.release import Release


@dataclass(slots=True)
class Place:
    """An instance of the command: its kind, its item case if it has one, and what lists show about it."""

    instance_id: UUID
    root_id: UUID
    process: str
    kind: str
    case: Case | None = None
    subject: dict[str, Any] | None = None


@dataclass(slots=True)
class Context:
    """One command on one stage case. ``submission`` are the values of the form that was completed, if any,
    ``copies`` the organisations that whoever completed it lets read it.

    ``stage_held``: a hold of the stage stands, and what begins under it stands too. ``actor`` is None when the platform
    itself acts (a limit fires). ``places`` are the instances by id, with those that the command starts.
    """

    session: Session
    release: Release
    actor: Actor | None
    now: datetime
    stage_case_id: UUID
    changes: Changes
    submission: dict[str, Any] = field(default_factory=dict)
    copies: tuple[UUID, ...] = ()
    stage_held: bool = False
    places: dict[UUID, Place] = field(default_factory=dict)

    @property
    def actor_id(self) -> UUID | None:
        """The person's id."""
        return self.actor.user_id if self.actor else None

    def case_of(self, instance_id: UUID) -> Case:
        """The item case of an instance; an operation of an item used elsewhere is a mistake of the diagram."""
        case = self.places[instance_id].case
        if case is None:
            raise ValueError("这个操作只能用在事项办件的流程里")
        return case
