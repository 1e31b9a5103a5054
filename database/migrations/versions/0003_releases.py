"""Releases: the region packs that were installed."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, PrimaryKeyConstraint, Text, text
from sqlalchemy.dialects.postgresql import BYTEA, JSONB

from database.migrations.columns import Instant, required

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "releases",
        required("id", Text),
        required("region_code", Text),
        required("title", Text),
        required("version", Text),
        required("files", JSONB),
        Column("in_force_from", Instant),
        required("audit_sequence", BigInteger, server_default=text("0")),
        required("audit_hash", BYTEA, server_default=text("''::bytea")),
        ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_releases_region_code_regions"),
        PrimaryKeyConstraint("id", name="pk_releases"),
    )
    op.create_index("ix_releases_region_code", "releases", ["region_code", "in_force_from"])
