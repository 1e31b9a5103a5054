"""The migrated schema is the one that the models describe."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.orm import Session

from database import migrate
from database.base import Base
from tests.conftest import Database

ROOT = Path(__file__).resolve().parents[3]
OUTSIDE_THE_MODELS = {"alembic_version", "clock_offset"}


@pytest.fixture(scope="session", autouse=True)
def every_model() -> None:
    """Import every module of models in every room."""
    for path in sorted([*ROOT.glob("*/models.py"), *ROOT.glob("*/models/*.py"), *ROOT.glob("*/*/models.py")]):
        if ".venv" not in path.parts:
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))


def test_there_is_one_head() -> None:
    assert len(migrate.heads()) == 1


def test_the_migrated_schema_is_the_models_own(database: Database) -> None:
    def described(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return not (kind == "table" and name in OUTSIDE_THE_MODELS)

    with database.connect() as connection:
        options = {"compare_server_default": True, "include_object": described}
        drift = compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)
    assert drift == []


def test_checks_of_the_models_are_checks_of_the_database(database: Database) -> None:
    with database.connect() as connection:
        found = set(connection.execute(text("SELECT conname FROM pg_constraint WHERE contype = 'c'")).scalars())
    described = {
        str(constraint.name)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if constraint.__class__.__name__ == "CheckConstraint"
    }
    assert described
    assert described <= found


def test_every_foreign_key_is_indexed(database: Database) -> None:
    """An index over the live rows alone is enough: what is referred to is never deleted."""
    unindexed = """
        SELECT c.conrelid::regclass || '.' || c.conname FROM pg_constraint c
        WHERE c.contype = 'f' AND NOT EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = c.conrelid
            AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey
        )
    """
    with database.connect() as connection:
        assert connection.execute(text(unindexed)).scalars().all() == []


def test_no_text_is_limited_and_every_instant_has_its_zone(database: Database) -> None:
    wrong = """
        SELECT table_name || '.' || column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type IN ('character varying', 'timestamp without time zone', 'json')
        AND table_name <> 'alembic_version'
    """
    with database.connect() as connection:
        assert connection.execute(text(wrong)).scalars().all() == []


def test_a_second_upgrade_changes_nothing(database: Database, session: Session) -> None:
    migrate.upgrade(database.owner_url, database.url)
    assert migrate.at_head(session)


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", migrate.APPEND_ONLY)
def test_the_application_cannot_change_the_audit(session: Session, table: str, statement: str) -> None:
    column = Base.metadata.tables[table].columns.keys()[1]
    with pytest.raises(Exception, match="permission denied"):
        session.execute(text(statement.format(table, column, column)))


def test_the_application_cannot_delete_business_data(session: Session) -> None:
    deletable = """
        SELECT table_name FROM information_schema.role_table_grants
        WHERE grantee = current_user AND privilege_type IN ('DELETE', 'TRUNCATE')
    """
    assert set(session.execute(text(deletable)).scalars()) <= set(migrate.ERASABLE)
