"""Planning, intake and dispatch of a stage case, and its item cases with their status events."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from database.migrations.columns import Instant, required

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("CREATE SEQUENCE item_case_numbers")
    op.create_table(
        "plannings",
        required("id", Uuid),
        required("stage_case_id", Uuid),
        required("number", Integer),
        required("candidates", JSONB),
        Column("conclusions", JSONB),
        required("opened_at", Instant),
        Column("concluded_at", Instant),
        CheckConstraint("(concluded_at IS NULL) = (conclusions IS NULL)", name="ck_plannings_concluded"),
        ForeignKeyConstraint(["stage_case_id"], ["stage_cases.id"], name="fk_plannings_stage_case_id_stage_cases"),
        PrimaryKeyConstraint("id", name="pk_plannings"),
        UniqueConstraint("stage_case_id", "number", name="uq_plannings_stage_case_id_number"),
    )
    op.create_index(
        "uq_plannings_open", "plannings", ["stage_case_id"], unique=True, postgresql_where=text("concluded_at IS NULL")
    )
    op.create_table(
        "planning_opinions",
        required("id", Uuid),
        required("planning_id", Uuid),
        required("item_code", Text),
        required("round", Integer),
        required("department_id", Uuid),
        required("conclusion", Text),
        Column("transferred_to", Uuid),
        required("opinion", JSONB),
        required("given_by", Uuid),
        required("given_at", Instant),
        CheckConstraint(
            "(conclusion = 'transferred') = (transferred_to IS NOT NULL)",
            name="ck_planning_opinions_transfer_names_department",
        ),
        CheckConstraint(
            "conclusion IN ('required', 'not_required', 'transferred')", name="ck_planning_opinions_conclusion"
        ),
        CheckConstraint(
            "round < 3 OR conclusion <> 'transferred'", name="ck_planning_opinions_final_is_not_transferred"
        ),
        CheckConstraint("round BETWEEN 1 AND 3", name="ck_planning_opinions_round"),
        ForeignKeyConstraint(
            ["department_id"], ["organisations.id"], name="fk_planning_opinions_department_id_organisations"
        ),
        ForeignKeyConstraint(["given_by"], ["users.id"], name="fk_planning_opinions_given_by_users"),
        ForeignKeyConstraint(["planning_id"], ["plannings.id"], name="fk_planning_opinions_planning_id_plannings"),
        ForeignKeyConstraint(
            ["transferred_to"], ["organisations.id"], name="fk_planning_opinions_transferred_to_organisations"
        ),
        PrimaryKeyConstraint("id", name="pk_planning_opinions"),
        UniqueConstraint("planning_id", "item_code", "round", name="uq_planning_opinions_planning_id_item_code_round"),
    )
    op.create_index("ix_planning_opinions_department_id", "planning_opinions", ["department_id"])
    op.create_index("ix_planning_opinions_given_by", "planning_opinions", ["given_by"])
    op.create_index("ix_planning_opinions_transferred_to", "planning_opinions", ["transferred_to"])
    op.create_table(
        "planning_reports",
        required("id", Uuid),
        required("planning_id", Uuid),
        required("content", JSONB),
        required("issued_by", Uuid),
        required("issued_at", Instant),
        ForeignKeyConstraint(["issued_by"], ["users.id"], name="fk_planning_reports_issued_by_users"),
        ForeignKeyConstraint(["planning_id"], ["plannings.id"], name="fk_planning_reports_planning_id_plannings"),
        PrimaryKeyConstraint("id", name="pk_planning_reports"),
        UniqueConstraint("planning_id", name="uq_planning_reports_planning_id"),
    )
    op.create_index("ix_planning_reports_issued_by", "planning_reports", ["issued_by"])
    op.create_table(
        "stage_materials",
        required("id", Uuid),
        required("stage_case_id", Uuid),
        required("code", Text),
        required("name", Text),
        required("necessity", Text),
        required("items", ARRAY(Text())),
        required("status", Text, server_default=text("'missing'")),
        Column("reason", Text),
        Column("reference", Text),
        required("changed_at", Instant),
        CheckConstraint("necessity IN ('required', 'deferrable', 'conditional')", name="ck_stage_materials_necessity"),
        CheckConstraint(
            "status IN ('missing', 'submitted', 'passed', 'returned', 'not_applicable')",
            name="ck_stage_materials_status",
        ),
        CheckConstraint(
            "status NOT IN ('returned', 'not_applicable') OR reason IS NOT NULL", name="ck_stage_materials_reason"
        ),
        ForeignKeyConstraint(
            ["stage_case_id"], ["stage_cases.id"], name="fk_stage_materials_stage_case_id_stage_cases"
        ),
        PrimaryKeyConstraint("id", name="pk_stage_materials"),
        UniqueConstraint("stage_case_id", "code", name="uq_stage_materials_stage_case_id_code"),
    )
    op.create_table(
        "dispatch_confirmations",
        required("id", Uuid),
        required("stage_case_id", Uuid),
        required("department_id", Uuid),
        required("result", Text),
        required("content", JSONB),
        required("given_by", Uuid),
        required("given_at", Instant),
        CheckConstraint("result IN ('confirmed', 'problem')", name="ck_dispatch_confirmations_result"),
        ForeignKeyConstraint(
            ["department_id"], ["organisations.id"], name="fk_dispatch_confirmations_department_id_organisations"
        ),
        ForeignKeyConstraint(["given_by"], ["users.id"], name="fk_dispatch_confirmations_given_by_users"),
        ForeignKeyConstraint(
            ["stage_case_id"], ["stage_cases.id"], name="fk_dispatch_confirmations_stage_case_id_stage_cases"
        ),
        PrimaryKeyConstraint("id", name="pk_dispatch_confirmations"),
    )
    op.create_index("ix_dispatch_confirmations_department_id", "dispatch_confirmations", ["department_id"])
    op.create_index("ix_dispatch_confirmations_given_by", "dispatch_confirmations", ["given_by"])
    op.create_index("ix_dispatch_confirmations_stage_case_id", "dispatch_confirmations", ["stage_case_id", "given_at"])
    op.create_table(
        "item_cases",
        required("id", Uuid),
        required(
            "number", Text, server_default=text("to_char(nextval('item_case_numbers'::regclass), 'FM0000000000'::text)")
        ),
        required("stage_case_id", Uuid),
        required("item_code", Text),
        required("attempt", Integer, server_default=text("1")),
        required("name", Text),
        required("department_id", Uuid),
        required("main", Boolean),
        Column("limit_text", Text),
        required("pledge", Boolean),
        required("predecessors", ARRAY(Text())),
        Column("status", Integer),
        required("history", ARRAY(Integer), server_default=text("'{}'")),
        required("opened_at", Instant),
        Column("accepted_at", Instant),
        Column("ended_at", Instant),
        Column("end_reason", Text),
        Column("result_date", Date),
        Column("result_number", Text),
        Column("result_title", Text),
        Column("result_valid_until", Date),
        Column("outcome", JSONB),
        CheckConstraint("status BETWEEN 1 AND 15", name="ck_item_cases_status"),
        CheckConstraint(
            "status NOT IN (11, 12) OR "
            "(result_date IS NOT NULL AND result_number IS NOT NULL AND result_title IS NOT NULL)",
            name="ck_item_cases_approved_with_result",
        ),
        ForeignKeyConstraint(["department_id"], ["organisations.id"], name="fk_item_cases_department_id_organisations"),
        ForeignKeyConstraint(["stage_case_id"], ["stage_cases.id"], name="fk_item_cases_stage_case_id_stage_cases"),
        PrimaryKeyConstraint("id", name="pk_item_cases"),
        UniqueConstraint("number", name="uq_item_cases_number"),
        UniqueConstraint("stage_case_id", "item_code", "attempt", name="uq_item_cases_stage_case_id_item_code_attempt"),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("ix_item_cases_department_id", "item_cases", ["department_id"])
    op.create_index(
        "uq_item_cases_live",
        "item_cases",
        ["stage_case_id", "item_code"],
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    )
    op.create_table(
        "status_events",
        required("item_case_id", Uuid),
        required("sequence", Integer),
        required("code", Integer),
        required("effective_at", Instant),
        required("recorded_at", Instant),
        Column("actor_id", Uuid),
        CheckConstraint("code BETWEEN 1 AND 15", name="ck_status_events_code"),
        ForeignKeyConstraint(["item_case_id"], ["item_cases.id"], name="fk_status_events_item_case_id_item_cases"),
        PrimaryKeyConstraint("item_case_id", "sequence", name="pk_status_events"),
    )
    op.create_index(
        "uq_status_events_once",
        "status_events",
        ["item_case_id", "code"],
        unique=True,
        postgresql_where=text("code NOT IN (9, 10)"),
    )
