"""Announced calendars, the calendar behind each due, and limits that belong to a case."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import BYTEA, JSONB

from database.migrations.columns import Instant, required

revision = "0015"
down_revision = "0016"

KINDS = "kind IN ('task', 'call', 'timer', 'stage', 'procedure')"
LIVE = text("cancelled_at IS NULL AND (fired_at IS NULL OR kind <> 'timer') AND NOT held")


def upgrade() -> None:
    _notices()
    op.add_column("due_rows", required("calendar_version", BigInteger, server_default=text("0")))
    op.create_index("ix_due_rows_calendar_version", "due_rows", ["calendar_version"], postgresql_where=LIVE)
    op.drop_constraint("ck_due_rows_kind", "due_rows")
    op.create_check_constraint("ck_due_rows_kind", "due_rows", text(KINDS))
    # a limit that passes may do a task where the diagram says so: nobody did it, and what was filled in is kept
    op.drop_constraint("ck_work_items_done_by_somebody", "work_items")
    done = text("status <> 'done' OR closed_by IS NOT NULL OR submission IS NOT NULL")
    op.create_check_constraint("ck_work_items_done_by_somebody", "work_items", done)
    _changes()


def _notices() -> None:
    op.create_table(
        "calendar_notices",
        required("id", Uuid),
        required("version", BigInteger),
        Column("region_code", Text),
        required("year", Integer),
        required("days", JSONB),
        required("source", Text),
        Column("published_by", Uuid),
        required("published_at", Instant),
        required("audit_sequence", BigInteger, server_default=text("0")),
        required("audit_hash", BYTEA, server_default=text("''::bytea")),
        CheckConstraint("year BETWEEN 2004 AND 2199", name="ck_calendar_notices_year"),
        CheckConstraint("version > 0", name="ck_calendar_notices_version"),
        ForeignKeyConstraint(["published_by"], ["users.id"], name="fk_calendar_notices_published_by_users"),
        ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_calendar_notices_region_code_regions"),
        PrimaryKeyConstraint("id", name="pk_calendar_notices"),
        UniqueConstraint("version", name="uq_calendar_notices_version"),
    )
    op.create_index("ix_calendar_notices_region_code", "calendar_notices", ["region_code", "year", "version"])
    op.create_index("ix_calendar_notices_published_by", "calendar_notices", ["published_by"])


def _changes() -> None:
    op.create_table(
        "due_changes",
        required("id", Uuid),
        required("due_id", Uuid),
        required("cause", Text),
        required("changed_at", Instant),
        required("before_at", Instant),
        required("before_provisional", Boolean),
        required("after_at", Instant),
        required("after_provisional", Boolean),
        required("calendar_version", BigInteger),
        CheckConstraint("cause IN ('calendar', 'extension')", name="ck_due_changes_cause"),
        ForeignKeyConstraint(["due_id"], ["due_rows.id"], name="fk_due_changes_due_id_due_rows"),
        PrimaryKeyConstraint("id", name="pk_due_changes"),
    )
    op.create_index("ix_due_changes_due_id", "due_changes", ["due_id"])
