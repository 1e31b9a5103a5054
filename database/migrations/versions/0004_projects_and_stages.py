"""Projects, engineerings and stage cases."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Numeric,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import BYTEA, JSONB

from database.migrations.columns import Instant, required

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("CREATE SEQUENCE stage_case_numbers")
    op.create_table(
        "projects",
        required("id", Uuid),
        required("region_code", Text),
        required("code", Text),
        required("code_kind", Text),
        required("fixed_asset_investment", Boolean),
        required("name", Text),
        required("applicant_id", Uuid),
        required("credit_code", Text),
        required("address", Text),
        required("scale", Text),
        Column("total_investment", Numeric(precision=14, scale=4)),
        Column("planned_start", Date),
        Column("planned_finish", Date),
        required("registered_by", Uuid),
        required("registered_at", Instant),
        required("audit_sequence", BigInteger, server_default=text("0")),
        required("audit_hash", BYTEA, server_default=text("''::bytea")),
        CheckConstraint(
            "code_kind = 'national' OR NOT fixed_asset_investment", name="ck_projects_investment_has_national_code"
        ),
        CheckConstraint("code_kind IN ('national', 'local')", name="ck_projects_code_kind"),
        CheckConstraint("planned_start < planned_finish", name="ck_projects_planned_period"),
        CheckConstraint("total_investment >= 0", name="ck_projects_total_investment"),
        ForeignKeyConstraint(["applicant_id"], ["organisations.id"], name="fk_projects_applicant_id_organisations"),
        ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_projects_region_code_regions"),
        ForeignKeyConstraint(["registered_by"], ["users.id"], name="fk_projects_registered_by_users"),
        PrimaryKeyConstraint("id", name="pk_projects"),
        UniqueConstraint("code", name="uq_projects_code"),
    )
    op.create_index("ix_projects_applicant_id", "projects", ["applicant_id"])
    op.create_index("ix_projects_region", "projects", ["region_code", "registered_at", "id"])
    op.create_index("ix_projects_registered_by", "projects", ["registered_by"])
    op.create_table(
        "engineerings",
        required("id", Uuid),
        required("project_id", Uuid),
        required("code", Text),
        required("name", Text),
        required("scope", Text, server_default=text("''")),
        required("created_at", Instant),
        required("audit_sequence", BigInteger, server_default=text("0")),
        required("audit_hash", BYTEA, server_default=text("''::bytea")),
        ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_engineerings_project_id_projects"),
        PrimaryKeyConstraint("id", name="pk_engineerings"),
        UniqueConstraint("code", name="uq_engineerings_code"),
    )
    op.create_index("ix_engineerings_project_id", "engineerings", ["project_id", "created_at"])
    op.create_table(
        "stage_cases",
        required("id", Uuid),
        required(
            "number",
            Text,
            server_default=text("to_char(nextval('stage_case_numbers'::regclass), 'FM0000000000'::text)"),
        ),
        required("region_code", Text),
        required("engineering_id", Uuid),
        required("stage", Text),
        required("process_type", Text),
        required("channel", Text),
        required("release_id", Text),
        required("applicant_id", Uuid),
        required("lead_id", Uuid),
        required("window_id", Uuid),
        required("status", Text, server_default=text("'open'")),
        required("opened_by", Uuid),
        required("opened_at", Instant),
        Column("receipt", Text),
        Column("received_at", Instant),
        Column("dispatched_at", Instant),
        Column("completed_at", Instant),
        Column("completion", JSONB),
        Column("closing_reason", Text),
        Column("ended_at", Instant),
        required("audit_sequence", BigInteger, server_default=text("0")),
        required("audit_hash", BYTEA, server_default=text("''::bytea")),
        CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="ck_stage_cases_completed"),
        CheckConstraint("channel IN ('window', 'online')", name="ck_stage_cases_channel"),
        CheckConstraint("status IN ('open', 'completed', 'closed_empty', 'void')", name="ck_stage_cases_status"),
        CheckConstraint("(received_at IS NULL) = (receipt IS NULL)", name="ck_stage_cases_receipt"),
        CheckConstraint(
            "dispatched_at IS NULL OR received_at IS NOT NULL", name="ck_stage_cases_no_dispatch_without_intake"
        ),
        ForeignKeyConstraint(["applicant_id"], ["organisations.id"], name="fk_stage_cases_applicant_id_organisations"),
        ForeignKeyConstraint(
            ["engineering_id"], ["engineerings.id"], name="fk_stage_cases_engineering_id_engineerings"
        ),
        ForeignKeyConstraint(["lead_id"], ["organisations.id"], name="fk_stage_cases_lead_id_organisations"),
        ForeignKeyConstraint(["opened_by"], ["users.id"], name="fk_stage_cases_opened_by_users"),
        ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_stage_cases_region_code_regions"),
        ForeignKeyConstraint(["release_id"], ["releases.id"], name="fk_stage_cases_release_id_releases"),
        ForeignKeyConstraint(["window_id"], ["organisations.id"], name="fk_stage_cases_window_id_organisations"),
        PrimaryKeyConstraint("id", name="pk_stage_cases"),
        UniqueConstraint("number", name="uq_stage_cases_number"),
        UniqueConstraint("receipt", name="uq_stage_cases_receipt"),
    )
    op.create_index("ix_stage_cases_applicant_id", "stage_cases", ["applicant_id"])
    op.create_index("ix_stage_cases_engineering_id", "stage_cases", ["engineering_id"])
    op.create_index("ix_stage_cases_lead_id", "stage_cases", ["lead_id"])
    op.create_index("ix_stage_cases_opened_by", "stage_cases", ["opened_by"])
    op.create_index("ix_stage_cases_region", "stage_cases", ["region_code", "opened_at", "id"])
    op.create_index("ix_stage_cases_release_id", "stage_cases", ["release_id"])
    op.create_index("ix_stage_cases_window_id", "stage_cases", ["window_id"])
    op.create_index(
        "uq_stage_cases_live",
        "stage_cases",
        ["engineering_id", "stage"],
        unique=True,
        postgresql_where=text("status <> 'void'"),
    )
