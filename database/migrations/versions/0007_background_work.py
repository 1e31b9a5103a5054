"""What the background does: outbox, notices, incidents, heartbeats."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
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
from sqlalchemy.dialects.postgresql import JSONB

from database.migrations.columns import Instant, required

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "outbox",
        required("id", Uuid),
        required("topic", Text),
        required("payload", JSONB),
        required("created_at", Instant),
        Column("claimed_until", Instant),
        Column("delivered_at", Instant),
        Column("dead_at", Instant),
        required("attempts", Integer, server_default=text("0")),
        Column("last_error", Text),
        PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index(
        "ix_outbox_claimable",
        "outbox",
        [text("coalesce(claimed_until, created_at)")],
        postgresql_where=text("delivered_at IS NULL AND dead_at IS NULL"),
    )
    op.create_table(
        "notices",
        required("id", Uuid, server_default=text("gen_random_uuid()")),
        required("message_id", Uuid),
        required("user_id", Uuid),
        Column("work_item_id", Uuid),
        required("kind", Text),
        required("delivered_at", Instant),
        Column("read_at", Instant),
        ForeignKeyConstraint(["message_id"], ["outbox.id"], name="fk_notices_message_id_outbox"),
        ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_notices_user_id_users"),
        ForeignKeyConstraint(["work_item_id"], ["work_items.id"], name="fk_notices_work_item_id_work_items"),
        PrimaryKeyConstraint("id", name="pk_notices"),
        UniqueConstraint("message_id", "user_id", name="uq_notices_message_id_user_id"),
    )
    op.create_index("ix_notices_user_id", "notices", ["user_id", "delivered_at", "id"])
    op.create_index("ix_notices_work_item_id", "notices", ["work_item_id"])
    op.create_table(
        "incidents",
        required("id", Uuid),
        required("instance_id", Uuid),
        Column("element_id", Text),
        required("reason", Text),
        required("trace", Text),
        required("command", JSONB),
        required("status", Text, server_default=text("'open'")),
        Column("created_by", Uuid),
        required("created_at", Instant),
        Column("resolved_by", Uuid),
        Column("resolved_at", Instant),
        CheckConstraint("status IN ('open', 'resolved')", name="ck_incidents_status"),
        ForeignKeyConstraint(["created_by"], ["users.id"], name="fk_incidents_created_by_users"),
        ForeignKeyConstraint(
            ["instance_id"], ["process_instances.id"], name="fk_incidents_instance_id_process_instances"
        ),
        ForeignKeyConstraint(["resolved_by"], ["users.id"], name="fk_incidents_resolved_by_users"),
        PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    op.create_index("ix_incidents_created_by", "incidents", ["created_by"])
    op.create_index("ix_incidents_instance_id", "incidents", ["instance_id"])
    op.create_index("ix_incidents_open", "incidents", ["created_at", "id"], postgresql_where=text("status = 'open'"))
    op.create_index("ix_incidents_resolved_by", "incidents", ["resolved_by"])
    op.create_table(
        "heartbeats",
        required("kind", Text),
        required("host", Text),
        required("pid", Integer),
        required("seen_at", Instant),
        PrimaryKeyConstraint("kind", "host", "pid", name="pk_heartbeats"),
    )
