"""Item cases and their append-only status events (办理状态 BLZT 1 to 15)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base, Id

ITEM_CASE_NUMBER = text("to_char(nextval('item_case_numbers'::regclass), 'FM0000000000'::text)")


class ItemCase(Base):
    """One item handled for one stage case; a new attempt after a declined or withdrawn one is a new row.

    ``history`` holds the codes of the status events in order, ``status`` the latest. An item that ends with its stage
    (void, cancelled) has ``ended_at`` and ``end_reason`` but no status event of its own. ``limit_text`` is the
    promised limit.
    """

    __tablename__ = "item_cases"
    __table_args__ = (
        UniqueConstraint("stage_case_id", "item_code", "attempt"),
        Index(
            "uq_item_cases_live",
            "stage_case_id",
            "item_code",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("status BETWEEN 1 AND 15", name="status"),
        CheckConstraint(
            "status NOT IN (11, 12) OR "
            "(result_date IS NOT NULL AND result_number IS NOT NULL AND result_title IS NOT NULL)",
            name="approved_with_result",
        ),
        {"postgresql_with": {"fillfactor": 70}},
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True, server_default=ITEM_CASE_NUMBER)
    stage_case_id: Mapped[UUID] = mapped_column(ForeignKey("stage_cases.id"))
    item_code: Mapped[str]
    attempt: Mapped[int] = mapped_column(server_default=text("1"))
    name: Mapped[str]
    department_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    main: Mapped[bool]
    limit_text: Mapped[str | None]
    pledge: Mapped[bool]
    predecessors: Mapped[list[str]]
    status: Mapped[int | None]
    history: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=text("'{}'"))
    opened_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    result_date: Mapped[date | None]
    result_number: Mapped[str | None]
    result_title: Mapped[str | None]
    result_valid_until: Mapped[date | None]
    outcome: Mapped[dict[str, Any] | None]


class StatusEvent(Base):
    """One status event; each code but 9 and 10 at most once a case, in the legal order of ``cases/status.py``.

    ``actor_id`` is nobody's foreign key: the audit entry of the same statement vouches for it.
    """

    __tablename__ = "status_events"
    __table_args__ = (
        CheckConstraint("code BETWEEN 1 AND 15", name="code"),
        Index(
            "uq_status_events_once",
            "item_case_id",
            "code",
            unique=True,
            postgresql_where=text("code NOT IN (9, 10)"),
        ),
    )

    item_case_id: Mapped[UUID] = mapped_column(ForeignKey("item_cases.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[int]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
