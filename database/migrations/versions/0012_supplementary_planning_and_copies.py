"""Supplementary plannings, declined applications, and copies for information (抄送)."""

from __future__ import annotations

from alembic import op
from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, PrimaryKeyConstraint, Text, Uuid, text

from database.migrations.columns import Instant, required

revision = "0012"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("plannings", Column("reason", Text))
    op.add_column("plannings", Column("confirmed_at", Instant))
    op.add_column("plannings", Column("dispatched_at", Instant))
    op.execute("""
        UPDATE plannings SET confirmed_at = stage_cases.dispatched_at, dispatched_at = stage_cases.dispatched_at
        FROM stage_cases WHERE stage_cases.id = plannings.stage_case_id
    """)
    _declined()
    _copies()


def _declined() -> None:
    op.drop_constraint("ck_stage_cases_status", "stage_cases")
    op.create_check_constraint(
        "ck_stage_cases_status",
        "stage_cases",
        "status IN ('open', 'completed', 'closed_empty', 'void', 'declined')",
    )
    op.drop_index("uq_stage_cases_live", "stage_cases")
    op.create_index(
        "uq_stage_cases_live",
        "stage_cases",
        ["engineering_id", "stage"],
        unique=True,
        postgresql_where=text("status NOT IN ('void', 'declined')"),
    )


def _copies() -> None:
    op.create_table(
        "copies",
        required("id", Uuid),
        required("stage_case_id", Uuid),
        required("work_item_id", Uuid),
        required("organisation_id", Uuid),
        Column("role", Text),
        required("made_by", Uuid),
        required("made_at", Instant),
        required("cause", Text),
        CheckConstraint("cause IN ('diagram', 'choice')", name="ck_copies_cause"),
        ForeignKeyConstraint(["stage_case_id"], ["stage_cases.id"], name="fk_copies_stage_case_id_stage_cases"),
        ForeignKeyConstraint(["work_item_id"], ["work_items.id"], name="fk_copies_work_item_id_work_items"),
        ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_copies_organisation_id_organisations"),
        ForeignKeyConstraint(["made_by"], ["users.id"], name="fk_copies_made_by_users"),
        PrimaryKeyConstraint("id", name="pk_copies"),
    )
    op.create_index("ix_copies_organisation", "copies", ["organisation_id", "made_at", "id"])
    op.create_index("ix_copies_stage_case_id", "copies", ["stage_case_id", "organisation_id"])
    op.create_index("ix_copies_work_item_id", "copies", ["work_item_id"])
    op.create_index("ix_copies_made_by", "copies", ["made_by"])
    op.create_table(
        "copy_readings",
        required("copy_id", Uuid),
        required("user_id", Uuid),
        required("read_at", Instant),
        ForeignKeyConstraint(["copy_id"], ["copies.id"], name="fk_copy_readings_copy_id_copies"),
        ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_copy_readings_user_id_users"),
        PrimaryKeyConstraint("copy_id", "user_id", name="pk_copy_readings"),
    )
    op.create_index("ix_copy_readings_user_id", "copy_readings", ["user_id"])
