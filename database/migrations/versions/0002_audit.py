"""Audit entries, seals, and the stream of what has no row of its own."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA

from database.migrations.columns import Instant, Name, required

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        required("id", BigInteger, Identity(always=True)),
        required("stream_kind", Name),
        required("stream_id", Name),
        required("sequence", BigInteger),
        required("hash", BYTEA),
        Column("actor_id", Uuid),
        Column("address", Text),
        required("action", Text),
        required("result", Text),
        required("object_type", Text),
        required("object_id", Text),
        required("effective_at", Instant),
        required("recorded_at", Instant),
        required("digest", BYTEA),
        Column("details", BYTEA),
        CheckConstraint("result IN ('done', 'refused')", name="ck_audit_entries_result"),
        PrimaryKeyConstraint("id", name="pk_audit_entries"),
        UniqueConstraint(
            "stream_kind", "stream_id", "sequence", name="uq_audit_entries_stream_kind_stream_id_sequence"
        ),
    )
    op.create_index("ix_audit_entries_recorded_at", "audit_entries", ["recorded_at"], postgresql_using="brin")
    op.create_table(
        "audit_seals",
        required("number", BigInteger),
        required("previous", BYTEA),
        required("root", BYTEA),
        required("heads", BigInteger),
        required("sealed_at", Instant),
        required("settled_id", BigInteger),
        required("horizon_id", BigInteger),
        required("horizon_writers", ARRAY(Text)),
        required("signature", BYTEA),
        PrimaryKeyConstraint("number", name="pk_audit_seals"),
    )
    op.create_table(
        "audit_streams",
        required("name", Text),
        required("audit_sequence", BigInteger, server_default=text("0")),
        required("audit_hash", BYTEA, server_default=text("''::bytea")),
        PrimaryKeyConstraint("name", name="pk_audit_streams"),
    )
    op.create_table(
        "audit_seal_heads",
        required("seal_number", BigInteger),
        required("stream_kind", Name),
        required("stream_id", Name),
        required("sequence", BigInteger),
        required("hash", BYTEA),
        ForeignKeyConstraint(
            ["seal_number"], ["audit_seals.number"], name="fk_audit_seal_heads_seal_number_audit_seals"
        ),
        PrimaryKeyConstraint("seal_number", "stream_kind", "stream_id", name="pk_audit_seal_heads"),
    )
    op.create_index("ix_audit_seal_heads_stream", "audit_seal_heads", ["stream_kind", "stream_id", "sequence"])
    op.execute("INSERT INTO audit_streams (name) VALUES ('platform')")
