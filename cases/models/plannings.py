"""Planning: what each department answered about each candidate item, and the one report."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base, Id

FINAL_ROUND = 3


class Planning(Base):
    """One planning of a stage case; a supplementary planning has the next number and a report of its own.

    ``candidates`` are the items that were asked about, ``conclusions`` what became of each once all have answered.
    ``reason`` says why a supplementary planning was begun; ``confirmed_at`` is when the departments had finally
    confirmed what it planned, ``dispatched_at`` when that was dispatched.
    """

    __tablename__ = "plannings"
    __table_args__ = (
        UniqueConstraint("stage_case_id", "number"),
        Index("uq_plannings_open", "stage_case_id", unique=True, postgresql_where=text("concluded_at IS NULL")),
        CheckConstraint("(concluded_at IS NULL) = (conclusions IS NULL)", name="concluded"),
    )

    id: Mapped[Id]
    stage_case_id: Mapped[UUID] = mapped_column(ForeignKey("stage_cases.id"))
    number: Mapped[int]
    candidates: Mapped[list[dict[str, Any]]]
    conclusions: Mapped[list[dict[str, Any]] | None]
    reason: Mapped[str | None]
    opened_at: Mapped[datetime]
    concluded_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]


class PlanningOpinion(Base):
    """What one department answered about one item in one round (1 first, 2 after a transfer, 3 final)."""

    __tablename__ = "planning_opinions"
    __table_args__ = (
        UniqueConstraint("planning_id", "item_code", "round"),
        CheckConstraint("conclusion IN ('required', 'not_required', 'transferred')", name="conclusion"),
        CheckConstraint(
            "(conclusion = 'transferred') = (transferred_to IS NOT NULL)", name="transfer_names_department"
        ),
        CheckConstraint(f"round BETWEEN 1 AND {FINAL_ROUND}", name="round"),
        CheckConstraint(f"round < {FINAL_ROUND} OR conclusion <> 'transferred'", name="final_is_not_transferred"),
    )

    id: Mapped[Id]
    planning_id: Mapped[UUID] = mapped_column(ForeignKey("plannings.id"))
    item_code: Mapped[str]
    round: Mapped[int]
    department_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    conclusion: Mapped[str]
    transferred_to: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    opinion: Mapped[dict[str, Any]]
    given_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    given_at: Mapped[datetime]


class PlanningReport(Base):
    """The one-time answer to the applicant: one a planning, whole."""

    __tablename__ = "planning_reports"

    id: Mapped[Id]
    planning_id: Mapped[UUID] = mapped_column(ForeignKey("plannings.id"), unique=True)
    content: Mapped[dict[str, Any]]
    issued_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    issued_at: Mapped[datetime]
