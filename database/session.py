"""A session whose transaction may begin at the driver, for the hot commands, before SQLAlchemy knows of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, PoolProxiedConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from database.driver import Driver, Row

Result = TypeVar("Result")
Send = Callable[[str, Sequence[object]], object]
"""Executes a statement with its values."""


class PlatformSession(Session):
    """A plain session, but for ``driver``: what is executed there and what the session does are one transaction.

    A command that only reads and writes through the driver never pays for SQLAlchemy's transaction.
    """

    _taken: PoolProxiedConnection | None = None
    _joined: Connection | None = None
    _last: Callable[[Send], None] | None = None

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.known: dict[str, Any] = {}
        """What this transaction has read and need not ask again."""

    def send(self, statement: str, values: Sequence[object]) -> list[Row]:
        """The rows of a statement that goes straight to the server; see ``Driver.send``. Raises ``DBAPIError``."""
        self._catch_up()
        return self._told(self.driver.send, statement, values)

    def ask(self, statement: str, values: Sequence[object]) -> list[Row]:
        """As ``send``, of a question that locks nothing and need not begin a transaction."""
        self._catch_up()
        return self._told(self.driver.ask, statement, values)

    def _send_and_commit(self, statement: str, values: Sequence[object]) -> None:
        self._told(self.driver.send_and_commit, statement, values)

    def _told(self, act: Callable[..., Result], *arguments: object) -> Result:
        """Do something at the driver; its errors as SQLAlchemy raises them: the boundary knows those."""
        try:
            return act(*arguments)
        except psycopg.Error as error:
            raise self._known(error) from error

    def _known(self, error: psycopg.Error) -> DBAPIError:
        connection = self.connection()
        lost = _driver(connection.connection).closed
        if lost:
            connection.invalidate(error)
        known = DBAPIError.instance(None, None, error, psycopg.Error, connection_invalidated=lost)
        assert isinstance(known, DBAPIError), "it is an error of the driver"
        return known

    @property
    def driver(self) -> Driver:
        """The connection of this transaction."""
        if self._taken is None:
            if self.in_transaction():
                return _driver(self.connection().connection)
            engine = super().get_bind()
            assert isinstance(engine, Engine), "sessions are made on an engine"
            self._taken = engine.raw_connection()
        return _driver(self._taken)

    def at_end(self, write: Callable[[Send], None]) -> None:
        """Let what ``write`` sends, one statement, wait for the commit; it is sent before that where more follows.

        ``write`` puts its errors into words: they are raised here, by the next statement, or by ``commit``.
        """
        self._catch_up()
        if self.in_transaction():
            write(self.send)
        else:
            self._last = write

    def _catch_up(self) -> None:
        if self._last is not None:
            last, self._last = self._last, None
            last(self.send)

    def get_bind(self, *arguments: Any, **keywords: Any) -> Engine | Connection:
        """The engine, or the connection that the driver's statements have taken already."""
        self._catch_up()
        bind = super().get_bind(*arguments, **keywords)
        if self._taken is None or isinstance(bind, Connection):
            return bind
        if self._joined is None:
            self._joined = Connection(bind, self._taken)
        return self._joined

    def commit(self) -> None:
        """Commit what the driver and the session did."""
        self.known.clear()
        if self._taken is None or self.in_transaction():
            self._catch_up()
            super().commit()
        if self._last is not None:
            last, self._last = self._last, None
            last(self._send_and_commit)
        elif self._taken is not None and self.driver.in_transaction:
            self._told(self.driver.commit_sent)

    def rollback(self) -> None:
        """Undo what the driver and the session did."""
        self.known.clear()
        self._last = None
        if self._taken is None or self.in_transaction():
            super().rollback()
        else:
            _driver(self._taken).rollback()

    def close(self) -> None:
        """Give the connection back; what was not committed is rolled back."""
        self.known.clear()
        self._last = None
        if self._taken is None or self.in_transaction():
            super().close()
        if self._taken is not None:
            taken, self._taken, self._joined = self._taken, None, None
            driver = taken.driver_connection
            if isinstance(driver, Driver) and not driver.closed and driver.in_transaction:
                driver.rollback()
            taken.close()


def platform_session(session: Session) -> PlatformSession:
    """The session as what it is."""
    assert isinstance(session, PlatformSession), "connect.py makes no other sessions"
    return session


def known_in(session: Session) -> dict[str, Any]:
    """What the transaction of a session of the platform has read already; empty again when it ends."""
    return platform_session(session).known


def _driver(connection: PoolProxiedConnection) -> Driver:
    driver = connection.driver_connection
    assert isinstance(driver, Driver), "connect.py makes no other connections"
    return driver
