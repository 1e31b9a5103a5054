"""A claim of a limit writes no index: ``claimed_until`` is in none, and a page has room for a row's new version."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0025"


def upgrade() -> None:
    op.drop_index("ix_due_rows_claimable", "due_rows")
    op.execute("ALTER TABLE due_rows SET (fillfactor = 85)")
    op.execute("""
        CREATE INDEX ix_due_rows_claimable ON due_rows (due_at)
        WHERE fired_at IS NULL AND cancelled_at IS NULL AND NOT held AND NOT provisional
    """)
