"""Stage cases: one engineering in one stage."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import AuditStream
from database.base import Base, Id

STAGE_CASE_NUMBER = text("to_char(nextval('stage_case_numbers'::regclass), 'FM0000000000'::text)")


class StageCase(AuditStream, Base):
    """One engineering in one stage; at most one that is neither void nor declined.

    ``status``: ``open``; ``completed`` = the milestone is reached (auxiliary items may still run); ``closed_empty`` =
    nothing needed approval; ``void``; ``declined`` = the lead department did not take the online application on.
    ``process_type``, ``lead_id`` and ``window_id`` are final once it did. ``received_at`` and ``receipt`` are the
    formal intake, ``dispatched_at`` the dispatch, ``ended_at`` the end of the whole instance.
    """

    __tablename__ = "stage_cases"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'completed', 'closed_empty', 'void', 'declined')", name="status"),
        CheckConstraint("channel IN ('window', 'online')", name="channel"),
        CheckConstraint("(received_at IS NULL) = (receipt IS NULL)", name="receipt"),
        CheckConstraint("dispatched_at IS NULL OR received_at IS NOT NULL", name="no_dispatch_without_intake"),
        CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed"),
        Index(
            "uq_stage_cases_live",
            "engineering_id",
            "stage",
            unique=True,
            postgresql_where=text("status NOT IN ('void', 'declined')"),
        ),
        Index("ix_stage_cases_engineering_id", "engineering_id"),
        Index("ix_stage_cases_region", "region_code", "opened_at", "id"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True, server_default=STAGE_CASE_NUMBER)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    engineering_id: Mapped[UUID] = mapped_column(ForeignKey("engineerings.id"))
    stage: Mapped[str]
    process_type: Mapped[str]
    channel: Mapped[str]
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), index=True)
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    window_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    status: Mapped[str] = mapped_column(server_default=text("'open'"))
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    opened_at: Mapped[datetime]
    receipt: Mapped[str | None] = mapped_column(unique=True)
    received_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    completion: Mapped[dict[str, Any] | None]
    closing_reason: Mapped[str | None]
    ended_at: Mapped[datetime | None]
