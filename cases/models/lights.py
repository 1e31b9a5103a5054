"""What was told of the lights, and how many there are of each colour."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base, BigInt, Id


class LightEvent(Base):
    """A limit became yellow or red: told once for each due that it had."""

    __tablename__ = "light_events"
    __table_args__ = (
        UniqueConstraint("due_row_id", "colour", "due_at"),
        CheckConstraint("colour IN ('yellow', 'red')", name="colour"),
    )

    id: Mapped[Id]
    due_row_id: Mapped[UUID] = mapped_column(ForeignKey("due_rows.id"))
    colour: Mapped[str]
    due_at: Mapped[datetime]
    told_at: Mapped[datetime]


class LightCount(Base):
    """How many limits of an organisation in a stage had each colour at ``as_of``; counted anew every few seconds."""

    __tablename__ = "light_counts"

    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True, index=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    green: Mapped[BigInt]
    yellow: Mapped[BigInt]
    red: Mapped[BigInt]
    grey: Mapped[BigInt]
    as_of: Mapped[datetime]
