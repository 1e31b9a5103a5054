"""What belongs to an item case beside its status: the extension of its limit, promises, the delivery of its result."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base, Id

PROMISED = "status = 'open'"


class LimitExtension(Base):
    """The one extension of an item case's limit, by decision of a head of its department."""

    __tablename__ = "limit_extensions"
    __table_args__ = (UniqueConstraint("item_case_id"),)

    id: Mapped[Id]
    item_case_id: Mapped[UUID] = mapped_column(ForeignKey("item_cases.id"))
    limit_text: Mapped[str]
    reason: Mapped[str]
    due_before: Mapped[datetime]
    due_after: Mapped[datetime]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    decided_at: Mapped[datetime]


class Promise(Base):
    """What an applicant promised: a pledge (告知承诺), or deferred materials (容缺).

    ``signed`` until the item is approved on it; then ``open``, with a process instance of its own whose limit is
    touched by no hold, void or completion, until it is ``kept``, ``broken`` or the decision is ``revoked``.
    ``content`` says what was promised, ``due_on`` the day by which; ``materials`` are codes. Whose it is to follow up
    is repeated here for the lists: the department of the item, the lead of its stage, the region.
    """

    __tablename__ = "promises"
    __table_args__ = (
        UniqueConstraint("item_case_id", "kind"),
        CheckConstraint("kind IN ('pledge', 'deferred')", name="kind"),
        CheckConstraint("status IN ('signed', 'open', 'kept', 'broken', 'revoked')", name="status"),
        CheckConstraint("(status IN ('kept', 'broken', 'revoked')) = (checked_at IS NOT NULL)", name="checked"),
        Index("ix_promises_stage_case_id", "stage_case_id"),
        *(
            Index(f"ix_promises_{name}", name, "due_on", "id", postgresql_where=text(PROMISED))
            for name in ("lead_id", "department_id", "region_code")
        ),
    )

    id: Mapped[Id]
    stage_case_id: Mapped[UUID] = mapped_column(ForeignKey("stage_cases.id"))
    item_case_id: Mapped[UUID] = mapped_column(ForeignKey("item_cases.id"))
    instance_id: Mapped[UUID | None] = mapped_column(ForeignKey("process_instances.id"), index=True)
    kind: Mapped[str]
    content: Mapped[dict[str, Any]]
    materials: Mapped[list[str]]
    due_on: Mapped[date]
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    status: Mapped[str]
    made_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    note: Mapped[str | None]


class Delivery(Base):
    """The result of an item case reached the applicant: to whom, how, when."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("item_case_id"),)

    id: Mapped[Id]
    item_case_id: Mapped[UUID] = mapped_column(ForeignKey("item_cases.id"))
    way: Mapped[str]
    recipient: Mapped[str]
    delivered_on: Mapped[date]
    note: Mapped[str | None]
    delivered_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    recorded_at: Mapped[datetime]
