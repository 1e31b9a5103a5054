"""The rows that head the streams: every table with the columns ``audit_sequence`` and ``audit_hash``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

OWNERS = text("""
    SELECT c.relname AS kind, k.attname AS key FROM pg_class c
    JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1
    JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[0]
    WHERE c.relkind = 'r' AND pg_table_is_visible(c.oid) AND 2 = (
        SELECT count(*) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attname IN ('audit_sequence', 'audit_hash') AND NOT a.attisdropped
    )
    ORDER BY c.relname COLLATE "C"
""")
DIFFERENT = """
    WITH owners AS (
        SELECT {key}::text COLLATE "C" AS identity, audit_sequence AS sequence, audit_hash AS hash FROM {kind}
    ), ends AS (
        SELECT DISTINCT ON (stream_id) stream_id AS identity, sequence, hash FROM audit_entries
        WHERE stream_kind = :kind ORDER BY stream_id, sequence DESC
    )
    SELECT identity, o.sequence AS owner, coalesce(e.sequence, 0) AS entries
    FROM owners o FULL JOIN ends e USING (identity)
    WHERE (o.sequence, o.hash) IS DISTINCT FROM (coalesce(e.sequence, 0), coalesce(e.hash, ''::bytea))
    ORDER BY identity
"""
WITHOUT_TABLE = text("""
    SELECT stream_kind, stream_id, max(sequence) AS entries FROM audit_entries
    WHERE stream_kind <> ALL(:kinds) GROUP BY stream_kind, stream_id ORDER BY stream_kind, stream_id
""")


class Difference(NamedTuple):
    """A stream whose row (``owner`` entries, None when it is gone) does not agree with its ``entries``."""

    kind: str
    identity: str
    owner: int | None
    entries: int


def heads_that_differ(session: Session) -> Iterator[Difference]:
    """Every stream whose row disagrees with its last entry, in number or hash."""
    owners = {row.kind: row.key for row in session.execute(OWNERS)}
    for kind, key in owners.items():
        for row in session.execute(text(DIFFERENT.format(kind=kind, key=key)), {"kind": kind}):
            yield Difference(kind, row.identity, row.owner, row.entries)
    for row in session.execute(WITHOUT_TABLE, {"kinds": sorted(owners)}):
        yield Difference(row.stream_kind, row.stream_id, None, row.entries)


def owner_sequence(session: Session, kind: str, identity: str) -> int | None:
    """How many entries the row of one stream says there are; None when there is no such row."""
    owners = {row.kind: row.key for row in session.execute(OWNERS)}
    if kind not in owners:
        return None
    query = text(f"SELECT audit_sequence FROM {kind} WHERE {owners[kind]}::text = :identity")
    sequence: int | None = session.execute(query, {"identity": identity}).scalar_one_or_none()
    return sequence
