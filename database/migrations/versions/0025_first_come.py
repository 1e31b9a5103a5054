"""A command finds out on the server whether somebody was first, so that its write and its commit travel together."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0023"

REQUIRE_ROWS = """
    CREATE FUNCTION require_rows(changed bigint, expected bigint) RETURNS void LANGUAGE plpgsql STABLE AS $$
    BEGIN
        IF changed <> expected THEN
            RAISE EXCEPTION 'somebody else was first' USING ERRCODE = 'serialization_failure';
        END IF;
    END
    $$
"""


def upgrade() -> None:
    op.execute(REQUIRE_ROWS)
