"""Statements that went straight to the server are still there after psycopg has dropped its own."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import make_url

from database.driver import Driver
from tests.conftest import Database


@pytest.fixture
def driver(database: Database) -> Iterator[Driver]:
    url = make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with Driver.connect(url, prepare_threshold=0) as connection:
        assert isinstance(connection, Driver)
        yield connection


def sent(driver: Driver) -> list[tuple[object, ...]]:
    return driver.send("SELECT $1::int + 1", [1])


@pytest.mark.parametrize("prepared", [True, False])
def test_a_rollback_to_a_savepoint_loses_no_statement(driver: Driver, prepared: bool) -> None:
    assert sent(driver) == [(2,)]
    if prepared:
        driver.execute("SELECT 1 WHERE %s", [True], prepare=True)
    driver.execute("SAVEPOINT here", prepare=False)
    driver.execute("ROLLBACK TO SAVEPOINT here", prepare=False)
    assert sent(driver) == [(2,)]


@pytest.mark.parametrize("prepared", [True, False])
def test_a_rollback_loses_no_statement(driver: Driver, prepared: bool) -> None:
    assert sent(driver) == [(2,)]
    if prepared:
        driver.execute("SELECT 1 WHERE %s", [True], prepare=True)
    driver.rollback()
    assert sent(driver) == [(2,)]


def test_a_failed_statement_does_not_keep_the_next_from_working(driver: Driver) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        driver.send("SELECT 1 / $1::int", [0])
    driver.rollback()
    assert sent(driver) == [(2,)]
