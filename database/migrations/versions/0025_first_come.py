"""A command finds out on the server whether somebody was first, so that its write and its commit travel together."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0023"

# The sum of a 1 for every row that had to change: NULL where one of them is missing.
REQUIRE_CHANGED = """
    CREATE FUNCTION require_changed(rows integer) RETURNS void LANGUAGE plpgsql STABLE AS $$
    BEGIN
        IF rows IS NULL THEN
            RAISE EXCEPTION 'somebody else was first' USING ERRCODE = 'serialization_failure';
        END IF;
    END
    $$
"""


def upgrade() -> None:
    op.execute(REQUIRE_CHANGED)
