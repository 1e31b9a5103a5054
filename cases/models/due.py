"""Limits that run, and the holds that stop them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from accounts.models import one_of
from database.base import Base, BigInt, Id

OF_TOKENS = ("task", "notice", "call", "timer")
OF_CASES = ("stage", "procedure", "hold")

RUNNING = "cancelled_at IS NULL AND (fired_at IS NULL OR kind <> 'timer')"
"""A limit that was told when it passed still runs: it is over when its token is gone."""
LIT = "yellow_at IS NOT NULL"
BURNING = f"{LIT} AND cancelled_at IS NULL AND NOT held"
TOLD_YELLOW = "light_at > yellow_at"


class DueRow(Base):
    """A limit that runs.

    Of a token of the diagram: ``task``, ``notice`` (within what the post of the task must have been told of it),
    ``call`` or ``timer`` (which continues the diagram when it fires); ``task_id`` is the token. Of a case: ``stage``
    (阶段总时限; ``task_id`` is the stage case), or of a hold, which is ``task_id``: ``procedure`` (the special
    procedure's own limit) and ``hold`` (when those concerned are asked again whether it must last); no hold stops them.

    The row is the truth of every due time. While it is ``held`` its clock stands; ``due_at`` is computed anew when the
    hold is lifted, and when the calendar becomes newer than ``calendar_version``. A claim is a lease: ``claimed_until``
    passes, and the row is claimed anew; no index holds it, so that a claim stays within the page. ``fired_at``: its
    passing was acted on; ``cancelled_at``: its token is gone, and the limit with it.

    Lights: ``yellow_at`` beside ``due_at``, ``light_at`` the next of the two that nobody was told of. Of whom, where
    and in which stage case the limit runs is repeated here for the boards, without foreign keys of their own.
    """

    __tablename__ = "due_rows"
    __table_args__ = (
        UniqueConstraint("task_id", "kind"),
        CheckConstraint(one_of("kind", OF_TOKENS + OF_CASES), name="kind"),
        Index(
            "ix_due_rows_claimable",
            "due_at",
            postgresql_where=text("fired_at IS NULL AND cancelled_at IS NULL AND NOT held AND NOT provisional"),
        ),
        Index(
            "ix_due_rows_instance_id",
            "instance_id",
            postgresql_where=text("cancelled_at IS NULL"),
        ),
        Index("ix_due_rows_stage_case_id", "stage_case_id", postgresql_where=text(f"{LIT} AND cancelled_at IS NULL")),
        Index("ix_due_rows_light_at", "light_at", postgresql_where=text(f"{BURNING} AND light_at IS NOT NULL")),
        *(
            Index(f"ix_due_rows_{name}_{scope}", column, instant, "id", postgresql_where=text(where))
            for scope, column in (("region", "region_code"), ("organisation", "organisation_id"))
            for name, instant, where in (
                ("green", "yellow_at", BURNING),
                ("red", "due_at", f"{BURNING} AND NOT provisional"),
                ("yellow", "due_at", f"{BURNING} AND {TOLD_YELLOW}"),
                ("grey", "due_at", f"{LIT} AND cancelled_at IS NULL AND held"),
            )
        ),
        Index(
            "ix_due_rows_calendar_version",
            "calendar_version",
            postgresql_where=text(f"{RUNNING} AND NOT held"),
        ),
        {"postgresql_with": {"fillfactor": 85}},
    )

    id: Mapped[Id]
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("process_instances.id"))
    task_id: Mapped[UUID]
    element_id: Mapped[str]
    kind: Mapped[str]
    timeout: Mapped[str | None]
    limit_text: Mapped[str]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    provisional: Mapped[bool] = mapped_column(server_default=text("false"))
    held: Mapped[bool] = mapped_column(server_default=text("false"))
    claimed_until: Mapped[datetime | None]
    fired_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    stage_case_id: Mapped[UUID]
    region_code: Mapped[str]
    organisation_id: Mapped[UUID | None]
    yellow_at: Mapped[datetime | None]
    light_at: Mapped[datetime | None]
    calendar_version: Mapped[BigInt] = mapped_column(server_default=text("0"))


class DueChange(Base):
    """A due that moved while its limit ran, with what it was before: by a new ``calendar`` or an ``extension``."""

    __tablename__ = "due_changes"
    __table_args__ = (CheckConstraint(one_of("cause", ("calendar", "extension")), name="cause"),)

    id: Mapped[Id]
    due_id: Mapped[UUID] = mapped_column(ForeignKey("due_rows.id"), index=True)
    cause: Mapped[str]
    changed_at: Mapped[datetime]
    before_at: Mapped[datetime]
    before_provisional: Mapped[bool]
    after_at: Mapped[datetime]
    after_provisional: Mapped[bool]
    calendar_version: Mapped[BigInt]


class Hold(Base):
    """A suspension of one item case, or of the whole stage (``item_case_id`` null), with its cause.

    ``freezes_stage`` marks an item's own hold under which its stage is frozen; the stage's hold lifts with the last
    of them. ``procedure`` is the code of the special procedure in the pack, ``evidence`` what proves its end.
    ``stops_clock``: the hold of a stage stops the limits of the stage itself, not only of its items. Without
    ``started_by`` or ``ended_by`` an automatic step of the diagram began or ended it.
    """

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint("ended_at >= started_at", name="period"),
        CheckConstraint("item_case_id IS NOT NULL OR NOT freezes_stage", name="only_items_freeze"),
        Index("ix_holds_stage_case_id", "stage_case_id"),
        Index("ix_holds_item_case_id", "item_case_id", postgresql_where=text("item_case_id IS NOT NULL")),
        Index(
            "uq_holds_open",
            "stage_case_id",
            "item_case_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Id]
    stage_case_id: Mapped[UUID] = mapped_column(ForeignKey("stage_cases.id"))
    item_case_id: Mapped[UUID | None] = mapped_column(ForeignKey("item_cases.id"))
    caused_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("item_cases.id"), index=True)
    procedure: Mapped[str | None]
    cause: Mapped[str]
    reason: Mapped[str | None]
    basis: Mapped[str | None]
    expected_end: Mapped[date | None]
    evidence: Mapped[dict[str, Any] | None]
    freezes_stage: Mapped[bool] = mapped_column(server_default=text("false"))
    stops_clock: Mapped[bool] = mapped_column(server_default=text("true"))
    started_at: Mapped[datetime]
    started_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
