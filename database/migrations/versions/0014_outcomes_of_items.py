"""Special procedures on holds; extensions, promises and deliveries of item cases."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from database.migrations.columns import Instant, required

revision = "0014"
down_revision = "0012"


def upgrade() -> None:
    for name, kind in (("procedure", Text), ("reason", Text), ("basis", Text), ("expected_end", Date)):
        op.add_column("holds", Column(name, kind))
    _extensions()
    _promises()
    _deliveries()


def _extensions() -> None:
    op.create_table(
        "limit_extensions",
        required("id", Uuid),
        required("item_case_id", Uuid),
        required("limit_text", Text),
        required("reason", Text),
        required("due_before", Instant),
        required("due_after", Instant),
        required("decided_by", Uuid),
        required("decided_at", Instant),
        ForeignKeyConstraint(["decided_by"], ["users.id"], name="fk_limit_extensions_decided_by_users"),
        ForeignKeyConstraint(["item_case_id"], ["item_cases.id"], name="fk_limit_extensions_item_case_id_item_cases"),
        PrimaryKeyConstraint("id", name="pk_limit_extensions"),
        UniqueConstraint("item_case_id", name="uq_limit_extensions_item_case_id"),
    )
    op.create_index("ix_limit_extensions_decided_by", "limit_extensions", ["decided_by"])


def _promises() -> None:
    op.create_table(
        "promises",
        required("id", Uuid),
        required("stage_case_id", Uuid),
        required("item_case_id", Uuid),
        Column("instance_id", Uuid),
        required("kind", Text),
        required("content", JSONB),
        required("materials", ARRAY(Text)),
        required("status", Text),
        required("made_at", Instant),
        Column("checked_at", Instant),
        Column("checked_by", Uuid),
        Column("note", Text),
        CheckConstraint(
            "(status IN ('kept', 'broken', 'revoked')) = (checked_at IS NOT NULL)", name="ck_promises_checked"
        ),
        CheckConstraint("kind IN ('pledge', 'deferred')", name="ck_promises_kind"),
        CheckConstraint("status IN ('signed', 'open', 'kept', 'broken', 'revoked')", name="ck_promises_status"),
        ForeignKeyConstraint(["checked_by"], ["users.id"], name="fk_promises_checked_by_users"),
        ForeignKeyConstraint(
            ["instance_id"], ["process_instances.id"], name="fk_promises_instance_id_process_instances"
        ),
        ForeignKeyConstraint(["item_case_id"], ["item_cases.id"], name="fk_promises_item_case_id_item_cases"),
        ForeignKeyConstraint(["stage_case_id"], ["stage_cases.id"], name="fk_promises_stage_case_id_stage_cases"),
        PrimaryKeyConstraint("id", name="pk_promises"),
        UniqueConstraint("item_case_id", "kind", name="uq_promises_item_case_id_kind"),
    )
    op.create_index("ix_promises_checked_by", "promises", ["checked_by"])
    op.create_index("ix_promises_instance_id", "promises", ["instance_id"])
    op.create_index("ix_promises_stage_case_id", "promises", ["stage_case_id"])
    op.create_index("ix_promises_open", "promises", ["made_at", "id"], postgresql_where=text("status = 'open'"))


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        required("id", Uuid),
        required("item_case_id", Uuid),
        required("way", Text),
        required("recipient", Text),
        required("delivered_on", Date),
        Column("note", Text),
        required("delivered_by", Uuid),
        required("recorded_at", Instant),
        ForeignKeyConstraint(["delivered_by"], ["users.id"], name="fk_deliveries_delivered_by_users"),
        ForeignKeyConstraint(["item_case_id"], ["item_cases.id"], name="fk_deliveries_item_case_id_item_cases"),
        PrimaryKeyConstraint("id", name="pk_deliveries"),
        UniqueConstraint("item_case_id", name="uq_deliveries_item_case_id"),
    )
    op.create_index("ix_deliveries_delivered_by", "deliveries", ["delivered_by"])
