"""The one source of time: the SQL function ``platform_now()``, movable in throw-away databases only.

It reads the wall clock, not the start of the transaction, so that an instant taken after a lock is later than
whatever the holder of the lock wrote.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

MOVE_BY_TABLE = """
    CREATE OR REPLACE FUNCTION platform_now() RETURNS timestamptz
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN clock_timestamp() + (SELECT shift FROM clock_offset)
"""


class ClockIsFixed(Exception):
    """This database has a history, or no movable clock: its time cannot be moved."""


def current_time(connection: Session | Connection) -> datetime:
    """The platform's time in UTC; read it after taking the locks that the decision depends on."""
    moment: datetime = connection.execute(text("SELECT platform_now()")).scalar_one()
    return moment.astimezone(UTC)


def clock_is_movable(connection: Session | Connection) -> bool:
    """Whether this is a throw-away database whose clock somebody may move."""
    return connection.execute(text("SELECT to_regclass('clock_offset') IS NOT NULL")).scalar_one() is True


def install_movable_clock(connection: Connection) -> None:
    """Make the clock of a fresh throw-away database movable (owner role).

    Raises ``ClockIsFixed`` when the database already has audited history: what really happened keeps its time.
    """
    if connection.execute(text("SELECT EXISTS (SELECT FROM audit_entries)")).scalar_one():
        raise ClockIsFixed("这个数据库里已有业务记录，时钟不能改为可拨动；请改用一个新建的临时数据库。")
    connection.execute(text("CREATE TABLE IF NOT EXISTS clock_offset (shift interval NOT NULL)"))
    connection.execute(text("CREATE UNIQUE INDEX IF NOT EXISTS one_clock_offset ON clock_offset ((true))"))
    connection.execute(text("INSERT INTO clock_offset VALUES (interval '0') ON CONFLICT DO NOTHING"))
    connection.execute(text("GRANT SELECT ON clock_offset TO PUBLIC"))
    connection.execute(text(MOVE_BY_TABLE))


def move_clock(connection: Connection, by: timedelta) -> None:
    """Move the clock of a throw-away database by ``by``; raises ``ClockIsFixed`` elsewhere."""
    if not clock_is_movable(connection):
        raise ClockIsFixed("这个数据库的时钟不可拨动：只有临时数据库可以。")
    connection.execute(text("UPDATE clock_offset SET shift = shift + :by"), {"by": by})


def set_clock(connection: Connection, instant: datetime) -> None:
    """Move the clock of a throw-away database so that it runs on from ``instant``."""
    move_clock(connection, instant - current_time(connection))
