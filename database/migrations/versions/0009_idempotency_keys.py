"""Answers kept for a day under the Idempotency-Key of a request."""

from __future__ import annotations

from alembic import op
from sqlalchemy import ForeignKeyConstraint, Integer, LargeBinary, PrimaryKeyConstraint, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from database.migrations.columns import Instant, required

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "idempotency_keys",
        required("id", Uuid),
        required("user_id", Uuid),
        required("route", Text),
        required("key", Text),
        required("request_hash", LargeBinary),
        required("status", Integer),
        required("answer", LargeBinary),
        required("headers", JSONB),
        required("created_at", Instant),
        PrimaryKeyConstraint("id", name="pk_idempotency_keys"),
        UniqueConstraint("user_id", "route", "key", name="uq_idempotency_keys_user_id_route_key"),
        ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_idempotency_keys_user_id_users"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
