"""Process instances and the tasks that wait for people."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import AuditStream
from database.base import Base, BigInt, Id


class ProcessInstance(AuditStream, Base):
    """One instance of a process; ``state`` is the engine's, ``version`` grows with every command.

    ``kind`` is what the diagram says of its process (stage, planning, item ...); ``subject`` is the item that the
    instance is about (``code`` and ``name``), for lists.
    """

    __tablename__ = "process_instances"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'completed', 'error', 'escalation', 'cancelled')", name="status"),
        CheckConstraint("(parent_id IS NULL) = (root_id = id)", name="root"),
        Index("ix_process_instances_stage_case_id", "stage_case_id"),
        Index("ix_process_instances_parent_id", "parent_id", postgresql_where=text("parent_id IS NOT NULL")),
        # Room for updates in place, and a state that is not moved out of the row: the hot statement rewrites it.
        {"postgresql_with": {"fillfactor": 60, "toast_tuple_target": 8160}},
    )

    id: Mapped[Id]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("process_instances.id"))
    parent_task_id: Mapped[UUID | None]
    key: Mapped[str | None]
    root_id: Mapped[UUID] = mapped_column(ForeignKey("process_instances.id"), index=True)
    process: Mapped[str]
    kind: Mapped[str]
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), index=True)
    status: Mapped[str]
    version: Mapped[BigInt]
    state: Mapped[bytes]
    stage_case_id: Mapped[UUID] = mapped_column(ForeignKey("stage_cases.id"))
    item_case_id: Mapped[UUID | None] = mapped_column(ForeignKey("item_cases.id"), index=True)
    subject: Mapped[dict[str, Any] | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class WorkItem(Base):
    """A task that waits, or waited, for a person; its id is the engine's task id.

    ``stage_case_id`` and ``item_case_id`` repeat what the instance says, for lists; they are no foreign keys of their
    own, so that forty departments do not queue for a share of one stage's row.
    """

    __tablename__ = "work_items"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'done', 'cancelled')", name="status"),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed"),
        # by nobody only when the limit passed, and the diagram says what it then holds
        CheckConstraint("status <> 'done' OR closed_by IS NOT NULL OR submission IS NOT NULL", name="done_by_somebody"),
        Index(
            "ix_work_items_post",
            "organisation_id",
            "role",
            "opened_at",
            "id",
            postgresql_where=text("status = 'open'"),
        ),
        Index(
            "ix_work_items_assignee",
            "assignee_id",
            "opened_at",
            "id",
            postgresql_where=text("status = 'open' AND assignee_id IS NOT NULL"),
        ),
        # Of a task that is over, only what history and people ask for stays indexed.
        Index("ix_work_items_instance_id", "instance_id", postgresql_where=text("status = 'open'")),
        Index("ix_work_items_done", "closed_by", "closed_at", "id", postgresql_where=text("closed_by IS NOT NULL")),
        Index("ix_work_items_stage_case", "stage_case_id", "opened_at", "id"),
        Index("ix_work_items_item_case", "item_case_id", postgresql_where=text("item_case_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instances.id"))
    stage_case_id: Mapped[UUID]
    item_case_id: Mapped[UUID | None]
    element_id: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    form: Mapped[str | None]
    guard: Mapped[str | None]
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    status: Mapped[str]
    draft: Mapped[dict[str, Any] | None]
    submission: Mapped[dict[str, Any] | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
