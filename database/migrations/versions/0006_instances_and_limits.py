"""Process instances, the tasks that wait for people, limits that run, and holds."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import BYTEA, JSONB

from database.migrations.columns import Instant, required

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "process_instances",
        required("id", Uuid),
        Column("parent_id", Uuid),
        Column("parent_task_id", Uuid),
        Column("key", Text),
        required("root_id", Uuid),
        required("process", Text),
        required("kind", Text),
        required("release_id", Text),
        required("status", Text),
        required("version", BigInteger),
        required("state", BYTEA),
        required("stage_case_id", Uuid),
        Column("item_case_id", Uuid),
        Column("subject", JSONB),
        required("started_at", Instant),
        Column("ended_at", Instant),
        required("audit_sequence", BigInteger, server_default=text("0")),
        required("audit_hash", BYTEA, server_default=text("''::bytea")),
        CheckConstraint(
            "status IN ('active', 'completed', 'error', 'escalation', 'cancelled')", name="ck_process_instances_status"
        ),
        CheckConstraint("(parent_id IS NULL) = (root_id = id)", name="ck_process_instances_root"),
        ForeignKeyConstraint(["item_case_id"], ["item_cases.id"], name="fk_process_instances_item_case_id_item_cases"),
        ForeignKeyConstraint(
            ["parent_id"], ["process_instances.id"], name="fk_process_instances_parent_id_process_instances"
        ),
        ForeignKeyConstraint(["release_id"], ["releases.id"], name="fk_process_instances_release_id_releases"),
        ForeignKeyConstraint(
            ["root_id"], ["process_instances.id"], name="fk_process_instances_root_id_process_instances"
        ),
        ForeignKeyConstraint(
            ["stage_case_id"], ["stage_cases.id"], name="fk_process_instances_stage_case_id_stage_cases"
        ),
        PrimaryKeyConstraint("id", name="pk_process_instances"),
        postgresql_with={"fillfactor": 60, "toast_tuple_target": 8160},
    )
    op.create_index("ix_process_instances_item_case_id", "process_instances", ["item_case_id"])
    op.create_index(
        "ix_process_instances_parent_id",
        "process_instances",
        ["parent_id"],
        postgresql_where=text("parent_id IS NOT NULL"),
    )
    op.create_index("ix_process_instances_release_id", "process_instances", ["release_id"])
    op.create_index("ix_process_instances_root_id", "process_instances", ["root_id"])
    op.create_index("ix_process_instances_stage_case_id", "process_instances", ["stage_case_id"])
    op.create_table(
        "work_items",
        required("id", Uuid),
        required("instance_id", Uuid),
        required("stage_case_id", Uuid),
        Column("item_case_id", Uuid),
        required("element_id", Text),
        required("name", Text),
        required("role", Text),
        required("organisation_id", Uuid),
        Column("form", Text),
        Column("guard", Text),
        Column("assignee_id", Uuid),
        required("status", Text),
        Column("draft", JSONB),
        Column("submission", JSONB),
        required("opened_at", Instant),
        Column("closed_at", Instant),
        Column("closed_by", Uuid),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="ck_work_items_closed"),
        CheckConstraint("status <> 'done' OR closed_by IS NOT NULL", name="ck_work_items_done_by_somebody"),
        CheckConstraint("status IN ('open', 'done', 'cancelled')", name="ck_work_items_status"),
        ForeignKeyConstraint(["assignee_id"], ["users.id"], name="fk_work_items_assignee_id_users"),
        ForeignKeyConstraint(["closed_by"], ["users.id"], name="fk_work_items_closed_by_users"),
        ForeignKeyConstraint(
            ["instance_id"], ["process_instances.id"], name="fk_work_items_instance_id_process_instances"
        ),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_work_items_organisation_id_organisations"
        ),
        PrimaryKeyConstraint("id", name="pk_work_items"),
    )
    op.create_index(
        "ix_work_items_assignee",
        "work_items",
        ["assignee_id", "opened_at", "id"],
        postgresql_where=text("status = 'open' AND assignee_id IS NOT NULL"),
    )
    op.create_index(
        "ix_work_items_done",
        "work_items",
        ["closed_by", "closed_at", "id"],
        postgresql_where=text("closed_by IS NOT NULL"),
    )
    op.create_index(
        "ix_work_items_instance_id", "work_items", ["instance_id"], postgresql_where=text("status = 'open'")
    )
    op.create_index(
        "ix_work_items_post",
        "work_items",
        ["organisation_id", "role", "opened_at", "id"],
        postgresql_where=text("status = 'open'"),
    )
    op.create_index(
        "ix_work_items_item_case", "work_items", ["item_case_id"], postgresql_where=text("item_case_id IS NOT NULL")
    )
    op.create_index("ix_work_items_stage_case", "work_items", ["stage_case_id", "opened_at", "id"])
    op.create_table(
        "due_rows",
        required("id", Uuid),
        required("instance_id", Uuid),
        required("task_id", Uuid),
        required("element_id", Text),
        required("kind", Text),
        Column("timeout", Text),
        required("limit_text", Text),
        required("started_at", Instant),
        required("due_at", Instant),
        required("provisional", Boolean, server_default=text("false")),
        required("held", Boolean, server_default=text("false")),
        Column("claimed_until", Instant),
        Column("fired_at", Instant),
        Column("cancelled_at", Instant),
        CheckConstraint("kind IN ('task', 'call', 'timer')", name="ck_due_rows_kind"),
        ForeignKeyConstraint(
            ["instance_id"], ["process_instances.id"], name="fk_due_rows_instance_id_process_instances"
        ),
        PrimaryKeyConstraint("id", name="pk_due_rows"),
        UniqueConstraint("task_id", "kind", name="uq_due_rows_task_id_kind"),
    )
    op.create_index(
        "ix_due_rows_claimable",
        "due_rows",
        [text("coalesce(claimed_until, due_at)")],
        postgresql_where=text("fired_at IS NULL AND cancelled_at IS NULL AND NOT held"),
    )
    op.create_index(
        "ix_due_rows_instance_id",
        "due_rows",
        ["instance_id"],
        postgresql_where=text("fired_at IS NULL AND cancelled_at IS NULL"),
    )
    op.create_table(
        "holds",
        required("id", Uuid),
        required("stage_case_id", Uuid),
        Column("item_case_id", Uuid),
        Column("caused_by_id", Uuid),
        required("cause", Text),
        Column("evidence", JSONB),
        required("freezes_stage", Boolean, server_default=text("false")),
        required("stops_clock", Boolean, server_default=text("true")),
        required("started_at", Instant),
        required("started_by", Uuid),
        Column("ended_at", Instant),
        Column("ended_by", Uuid),
        CheckConstraint("ended_at >= started_at", name="ck_holds_period"),
        CheckConstraint("item_case_id IS NOT NULL OR NOT freezes_stage", name="ck_holds_only_items_freeze"),
        ForeignKeyConstraint(["caused_by_id"], ["item_cases.id"], name="fk_holds_caused_by_id_item_cases"),
        ForeignKeyConstraint(["ended_by"], ["users.id"], name="fk_holds_ended_by_users"),
        ForeignKeyConstraint(["item_case_id"], ["item_cases.id"], name="fk_holds_item_case_id_item_cases"),
        ForeignKeyConstraint(["stage_case_id"], ["stage_cases.id"], name="fk_holds_stage_case_id_stage_cases"),
        ForeignKeyConstraint(["started_by"], ["users.id"], name="fk_holds_started_by_users"),
        PrimaryKeyConstraint("id", name="pk_holds"),
    )
    op.create_index("ix_holds_caused_by_id", "holds", ["caused_by_id"])
    op.create_index("ix_holds_ended_by", "holds", ["ended_by"])
    op.create_index(
        "ix_holds_item_case_id", "holds", ["item_case_id"], postgresql_where=text("item_case_id IS NOT NULL")
    )
    op.create_index(
        "uq_holds_open",
        "holds",
        ["stage_case_id", "item_case_id"],
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("ix_holds_stage_case_id", "holds", ["stage_case_id"])
    op.create_index("ix_holds_started_by", "holds", ["started_by"])
