"""Projects are found by words of their name, two Chinese characters are enough: an index of their bigrams."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0014"

# The cost keeps the planner from computing bigrams row by row where few projects hold the words.
BIGRAMS = """
    CREATE FUNCTION bigrams(value text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
        SELECT coalesce(array_agg(DISTINCT substr(lower(value), place, 2)), ARRAY[]::text[])
        FROM generate_series(1, length(lower(value)) - 1) AS place
    $$
"""


def upgrade() -> None:
    op.execute(BIGRAMS)
    op.execute("CREATE INDEX ix_projects_bigrams ON projects USING gin (bigrams(name))")
    # words that most projects hold are read in the order of the list, whatever the data scope
    op.create_index("ix_projects_registered_at", "projects", ["registered_at", "id"])
