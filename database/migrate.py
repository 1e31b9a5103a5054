"""Bring the schema to head as the owner role, and give the application role exactly what it needs."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.orm import Session

MIGRATIONS = Path(__file__).with_name("migrations")
MIGRATION_LOCK = 0x62_69_6E_67  # any number of ours: two launchers must not migrate at once
APPEND_ONLY = ("audit_entries", "audit_seals", "audit_seal_heads")
ERASABLE = ("idempotency_keys", "heartbeats")  # what is no business data and would only pile up


def upgrade(owner_url: str, application_url: str | None = None) -> None:
    """Migrate to head and renew the grants; waits for another migration that is running.

    ``owner_url`` belongs to the role that owns the schema, ``application_url`` to the role that the platform works
    as. With one role only, or without ``application_url``, nothing is granted and the audit is not protected from
    the application (see ``audit.protection``).
    """
    engine = create_engine(owner_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            command.upgrade(_configuration(connection), "head")
            role = make_url(application_url).username if application_url else None
            if role is not None and role != make_url(owner_url).username:
                _grant(connection, role)
    finally:
        engine.dispose()


def at_head(connection: Connection | Session) -> bool:
    """Whether the schema is the one that this code was written for."""
    if isinstance(connection, Session):
        connection = connection.connection()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(heads())


def heads() -> list[str]:
    """The newest revisions of the migrations; there must be exactly one."""
    return list(ScriptDirectory(str(MIGRATIONS)).get_heads())


def _configuration(connection: Connection) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    return configuration


def _grant(connection: Connection, role: str) -> None:
    quoted = connection.dialect.identifier_preparer.quote_identifier(role)
    tables = set(connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars())
    statements = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}",
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {quoted}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
    ]
    ordinary = tables - {"alembic_version", "clock_offset"}
    statements += [f"GRANT INSERT ON {table} TO {quoted}" for table in sorted(ordinary)]
    statements += [f"GRANT UPDATE ON {table} TO {quoted}" for table in sorted(ordinary - set(APPEND_ONLY))]
    statements += [f"GRANT DELETE ON {table} TO {quoted}" for table in ERASABLE if table in ordinary]
    for statement in statements:
        connection.execute(text(statement))
