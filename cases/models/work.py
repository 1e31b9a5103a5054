"""What the background does: messages to deliver, notices, incidents, and the heartbeats of the processes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base, Id

WAITING = "delivered_at IS NULL AND dead_at IS NULL"
OUTSIDE = "topic IN ('mail', 'webhook')"
"""What leaves the platform, by way of a server that may hang: the topics are the names of its channels."""
INSIDE = "topic NOT IN ('mail', 'webhook')"


class OutboxMessage(Base):
    """What must leave the transaction: delivered at least once, by whoever claims it; dead after too many attempts.

    ``problem``: the last attempt found the post ``vacant``, or ``failed`` otherwise; then the columns after it say for
    whom and about which stage case it is, for the board of red matters.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        *(
            Index(
                name,
                text("coalesce(claimed_until, created_at)"),
                postgresql_where=text(f"{WAITING} AND {which}"),
            )
            for name, which in (("ix_outbox_claimable", INSIDE), ("ix_outbox_outside", OUTSIDE))
        ),
        CheckConstraint("problem IN ('vacant', 'failed')", name="problem"),
        Index(
            "ix_outbox_problem",
            "region_code",
            "created_at",
            "id",
            postgresql_where=text("problem IS NOT NULL AND delivered_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    topic: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    last_error: Mapped[str | None]
    problem: Mapped[str | None]
    region_code: Mapped[str | None]
    organisation_id: Mapped[UUID | None]
    role: Mapped[str | None]
    stage_case_id: Mapped[UUID | None]


class Notice(Base):
    """A notice that reached a holder of a post: once a person and message; ``title`` is what he reads."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("message_id", "user_id"),
        Index("ix_notices_user_id", "user_id", "delivered_at", "id"),
        Index("ix_notices_unread", "user_id", "delivered_at", "id", postgresql_where=text("read_at IS NULL")),
        Index("ix_notices_stage_case_id", "stage_case_id", postgresql_where=text("stage_case_id IS NOT NULL")),
        Index("ix_notices_item_case_id", "item_case_id", postgresql_where=text("item_case_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("outbox.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    work_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_items.id"), index=True)
    kind: Mapped[str]
    delivered_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    title: Mapped[str] = mapped_column(server_default=text("''"))
    stage_case_id: Mapped[UUID | None] = mapped_column(ForeignKey("stage_cases.id"))
    item_case_id: Mapped[UUID | None] = mapped_column(ForeignKey("item_cases.id"))


class Incident(Base):
    """A command that the diagram could not carry out: nothing was changed; somebody mends the cause and retries."""

    __tablename__ = "incidents"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'resolved')", name="status"),
        Index("ix_incidents_instance_id", "instance_id"),
        Index("ix_incidents_open", "created_at", "id", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[Id]
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instances.id"))
    element_id: Mapped[str | None]
    reason: Mapped[str]
    trace: Mapped[str]
    command: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(server_default=text("'open'"))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    resolved_at: Mapped[datetime | None]


class Heartbeat(Base):
    """A process of the platform says that it lives."""

    __tablename__ = "heartbeats"

    kind: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(primary_key=True)
    pid: Mapped[int] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
