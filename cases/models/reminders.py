"""Reminders (催办): somebody is asked about his task or his hold, and answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base, Id


class Reminder(Base):
    """The holders of a post are reminded of a task or of a hold; without ``sent_by`` the platform reminds."""

    __tablename__ = "reminders"
    __table_args__ = (
        CheckConstraint("num_nonnulls(work_item_id, hold_id) = 1", name="one_subject"),
        CheckConstraint("num_nonnulls(reply, replied_by, replied_at) IN (0, 3)", name="reply"),
        Index("ix_reminders_stage_case_id", "stage_case_id", "sent_at", "id"),
        Index("ix_reminders_organisation_id", "organisation_id", "sent_at", "id"),
        *(
            Index(f"ix_reminders_{name}", name, postgresql_where=text(f"{name} IS NOT NULL"))
            for name in ("work_item_id", "hold_id", "sent_by", "replied_by")
        ),
    )

    id: Mapped[Id]
    stage_case_id: Mapped[UUID] = mapped_column(ForeignKey("stage_cases.id"))
    work_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_items.id"))
    hold_id: Mapped[UUID | None] = mapped_column(ForeignKey("holds.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    role: Mapped[str]
    text: Mapped[str]
    sent_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    sent_at: Mapped[datetime]
    reply: Mapped[str | None]
    replied_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    replied_at: Mapped[datetime | None]
