"""Copies for information (抄送): what an organisation may read without having a task, and who has read it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base, Id


class Copy(Base):
    """One task that was done, made known to an organisation; ``role`` None: to everybody who holds a post there.

    ``cause``: ``diagram`` = the diagram says so, ``choice`` = the person who completed the task chose it.
    """

    __tablename__ = "copies"
    __table_args__ = (
        CheckConstraint("cause IN ('diagram', 'choice')", name="cause"),
        Index("ix_copies_organisation", "organisation_id", "made_at", "id"),
        Index("ix_copies_stage_case_id", "stage_case_id", "organisation_id"),
    )

    id: Mapped[Id]
    stage_case_id: Mapped[UUID] = mapped_column(ForeignKey("stage_cases.id"))
    work_item_id: Mapped[UUID] = mapped_column(ForeignKey("work_items.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    role: Mapped[str | None]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    made_at: Mapped[datetime]
    cause: Mapped[str]


class CopyReading(Base):
    """A person has read a copy."""

    __tablename__ = "copy_readings"

    copy_id: Mapped[UUID] = mapped_column(ForeignKey("copies.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    read_at: Mapped[datetime]
