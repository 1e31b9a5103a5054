"""Look for a text in everything that the platform keeps: the rows of its database, the files of its data folder."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")


def tables_that_contain(session: Session, words: str) -> list[str]:
    """The tables of which some row, in any column, contains the words: as text, in JSON, or in bytes."""
    found = []
    for table in session.scalars(TABLES).all():
        query = text(
            f'SELECT EXISTS (SELECT FROM "{table}" AS row WHERE position(:words IN row::text) > 0'
            f" OR position(:hex IN row::text) > 0)"
        )
        if session.scalar(query, {"words": words, "hex": words.encode().hex()}):
            found.append(table)
    return found


def files_that_contain(folder: Path, words: str) -> list[Path]:
    """The files below the folder that contain the words: logs, and what the servers write themselves."""
    wanted = words.encode()
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and wanted in path.read_bytes()]
