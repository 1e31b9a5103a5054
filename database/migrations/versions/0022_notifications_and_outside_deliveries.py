"""Limits of notifications and of open holds; what is delivered to outside has an index, and so a queue, of its own."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0022"
down_revision = "0019"

KINDS = "kind IN ('task', 'notice', 'call', 'timer', 'stage', 'procedure', 'hold')"
WAITING = "delivered_at IS NULL AND dead_at IS NULL"
SINCE = text("coalesce(claimed_until, created_at)")


def upgrade() -> None:
    op.drop_constraint("ck_due_rows_kind", "due_rows")
    op.create_check_constraint("ck_due_rows_kind", "due_rows", KINDS)
    op.alter_column("holds", "started_by", nullable=True)  # an automatic step of the diagram
    op.drop_index("ix_outbox_claimable", "outbox")
    op.create_index(
        "ix_outbox_claimable",
        "outbox",
        [SINCE],
        postgresql_where=text(f"{WAITING} AND topic NOT IN ('mail', 'webhook')"),
    )
    op.create_index(
        "ix_outbox_outside", "outbox", [SINCE], postgresql_where=text(f"{WAITING} AND topic IN ('mail', 'webhook')")
    )
