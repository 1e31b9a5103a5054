"""A session whose transaction may begin at the driver, for the hot commands, before SQLAlchemy knows of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, PoolProxiedConnection
from sqlalchemy.orm import Session

from database.driver import Driver


class PlatformSession(Session):
    """A plain session, but for ``driver``: what is executed there and what the session does are one transaction.

    A command that only reads and writes through the driver never pays for SQLAlchemy's transaction.
    """

    _taken: PoolProxiedConnection | None = None
    _joined: Connection | None = None

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.known: dict[str, Any] = {}
        """What this transaction has read and need not ask again."""

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

    def get_bind(self, *arguments: Any, **keywords: Any) -> Engine | Connection:
        """The engine, or the connection that the driver's statements have taken already."""
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
            super().commit()
        else:
            _driver(self._taken).commit_sent()

    def rollback(self) -> None:
        """Undo what the driver and the session did."""
        self.known.clear()
        if self._taken is None or self.in_transaction():
            super().rollback()
        else:
            _driver(self._taken).rollback()

    def close(self) -> None:
        """Give the connection back; what was not committed is rolled back."""
        self.known.clear()
        if self._taken is None or self.in_transaction():
            super().close()
        if self._taken is not None:
            taken, self._taken, self._joined = self._taken, None, None
            driver = taken.driver_connection
            if isinstance(driver, Driver) and not driver.closed and driver.in_transaction:
                driver.rollback()
            taken.close()


def known_in(session: Session) -> dict[str, Any]:
    """What the transaction of a session of the platform has read already; empty again when it ends."""
    assert isinstance(session, PlatformSession), "connect.py makes no other sessions"
    return session.known


def _driver(connection: PoolProxiedConnection) -> Driver:
    driver = connection.driver_connection
    assert isinstance(driver, Driver), "connect.py makes no other connections"
    return driver
