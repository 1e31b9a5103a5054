"""The clock, and the accounts: regions, organisations, users, posts, sessions and keys."""

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
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA

from database.migrations.columns import Instant, required

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("""
        CREATE FUNCTION platform_now() RETURNS timestamptz
        LANGUAGE sql VOLATILE PARALLEL SAFE
        RETURN clock_timestamp()
    """)
    op.create_table(
        "regions",
        required("code", Text),
        required("name", Text),
        Column("parent_code", Text),
        required("audit_sequence", BigInteger, server_default=text("0")),
        required("audit_hash", BYTEA, server_default=text("''::bytea")),
        ForeignKeyConstraint(["parent_code"], ["regions.code"], name="fk_regions_parent_code_regions"),
        PrimaryKeyConstraint("code", name="pk_regions"),
    )
    op.create_index("ix_regions_parent_code", "regions", ["parent_code"])
    op.create_table(
        "setup_codes",
        required("id", Uuid),
        required("secret_hash", BYTEA),
        required("created_at", Instant),
        required("expires_at", Instant),
        Column("used_at", Instant),
        PrimaryKeyConstraint("id", name="pk_setup_codes"),
        UniqueConstraint("secret_hash", name="uq_setup_codes_secret_hash"),
    )
    op.create_table(
        "organisations",
        required("id", Uuid),
        required("region_code", Text),
        Column("parent_id", Uuid),
        required("code", Text),
        required("name", Text),
        required("kind", Text),
        Column("function", Text),
        Column("credit_code", Text),
        required("active", Boolean, server_default=text("true")),
        required("created_at", Instant),
        required("audit_sequence", BigInteger, server_default=text("0")),
        required("audit_hash", BYTEA, server_default=text("''::bytea")),
        CheckConstraint(
            "kind IN ('city', 'district', 'department', 'window', 'applicant')", name="ck_organisations_kind"
        ),
        ForeignKeyConstraint(["parent_id"], ["organisations.id"], name="fk_organisations_parent_id_organisations"),
        ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_organisations_region_code_regions"),
        PrimaryKeyConstraint("id", name="pk_organisations"),
        UniqueConstraint("region_code", "code", name="uq_organisations_region_code_code"),
    )
    op.create_index("ix_organisations_parent_id", "organisations", ["parent_id"])
    op.create_index(
        "uq_organisations_applicant_credit_code",
        "organisations",
        ["credit_code"],
        unique=True,
        postgresql_where=text("kind = 'applicant'"),
    )
    op.create_table(
        "users",
        required("id", Uuid),
        required("username", Text),
        required("display_name", Text),
        required("organisation_id", Uuid),
        required("status", Text, server_default=text("'active'")),
        Column("password_hash", Text),
        required("former_password_hashes", ARRAY(Text), server_default=text("'{}'")),
        Column("password_changed_at", Instant),
        required("must_change_password", Boolean, server_default=text("true")),
        required("failures", Integer, server_default=text("0")),
        Column("locked_until", Instant),
        Column("last_signed_in_at", Instant),
        Column("valid_until", Instant),
        required("created_at", Instant),
        required("audit_sequence", BigInteger, server_default=text("0")),
        required("audit_hash", BYTEA, server_default=text("''::bytea")),
        CheckConstraint("status IN ('active', 'disabled')", name="ck_users_status"),
        ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="fk_users_organisation_id_organisations"),
        PrimaryKeyConstraint("id", name="pk_users"),
        UniqueConstraint("username", name="uq_users_username"),
    )
    op.create_index("ix_users_organisation_id", "users", ["organisation_id"])
    op.create_table(
        "api_tokens",
        required("id", Uuid),
        required("secret_hash", BYTEA),
        required("user_id", Uuid),
        required("name", Text),
        required("scopes", ARRAY(Text)),
        required("created_at", Instant),
        required("expires_at", Instant),
        Column("revoked_at", Instant),
        ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_api_tokens_user_id_users"),
        PrimaryKeyConstraint("id", name="pk_api_tokens"),
        UniqueConstraint("secret_hash", name="uq_api_tokens_secret_hash"),
    )
    op.create_index("ix_api_tokens_user_id", "api_tokens", ["user_id"])
    op.create_table(
        "appointments",
        required("id", Uuid),
        required("user_id", Uuid),
        required("organisation_id", Uuid),
        required("role", Text),
        required("valid_from", Instant),
        Column("valid_until", Instant),
        CheckConstraint("valid_until >= valid_from", name="ck_appointments_period"),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_appointments_organisation_id_organisations"
        ),
        ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_appointments_user_id_users"),
        PrimaryKeyConstraint("id", name="pk_appointments"),
    )
    op.create_index("ix_appointments_post", "appointments", ["organisation_id", "role"])
    op.create_index("ix_appointments_user_id", "appointments", ["user_id"])
    op.create_index(
        "uq_appointments_held",
        "appointments",
        ["user_id", "organisation_id", "role"],
        unique=True,
        postgresql_where=text("valid_until IS NULL"),
    )
    op.create_table(
        "sessions",
        required("id", Uuid),
        required("secret_hash", BYTEA),
        required("user_id", Uuid),
        Column("address", Text),
        required("created_at", Instant),
        required("last_seen_at", Instant),
        required("expires_at", Instant),
        Column("ended_at", Instant),
        ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id_users"),
        PrimaryKeyConstraint("id", name="pk_sessions"),
        UniqueConstraint("secret_hash", name="uq_sessions_secret_hash"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
