"""The clock of the scenarios' platform: moved by the test, and what the workers then do is waited for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from threading import Event
from time import monotonic

from sqlalchemy import Engine, create_engine, text

from database import clock
from features.steps.desk import ZONE

SECONDS_FOR_WORKERS = 60.0
SECONDS_BETWEEN_LOOKS = 0.1
SECONDS_FOR_MESSAGES = 15.0
ON_THEIR_WAY = text(
    "SELECT EXISTS (SELECT FROM outbox WHERE delivered_at IS NULL AND dead_at IS NULL AND attempts = 0)"
)
SIGNED_IN_AGAIN = text("UPDATE sessions SET last_seen_at = last_seen_at + :by, expires_at = expires_at + :by")
"""Signing in is slow on purpose, and no scenario is about it."""


@dataclass(slots=True)
class Clock:
    """The platform's time."""

    owner_url: str

    def now(self) -> datetime:
        """The platform's time, in UTC."""
        engine = create_engine(self.owner_url)
        with engine.connect() as connection:
            moment = clock.current_time(connection)
        engine.dispose()
        return moment.astimezone(UTC)

    def move_to(self, moment: datetime) -> None:
        """Let time pass until a later moment; who is signed in then has just signed in again.

        What was sent before that is delivered first: nobody is told days late because the test was faster.
        """
        engine = create_engine(self.owner_url)
        self._let_messages_arrive(engine)
        with engine.begin() as connection:
            by = moment - clock.current_time(connection)
            assert by >= timedelta(0), f"不能把时间拨回到 {moment}"
            clock.move_clock(connection, by)
            connection.execute(SIGNED_IN_AGAIN, {"by": by})
        engine.dispose()

    @staticmethod
    def _let_messages_arrive(engine: Engine) -> None:
        deadline, pause = monotonic() + SECONDS_FOR_MESSAGES, Event()
        while monotonic() < deadline:
            with engine.connect() as connection:
                if not connection.execute(ON_THEIR_WAY).scalar_one():
                    return
            pause.wait(SECONDS_BETWEEN_LOOKS)

    def next_morning(self, days: int) -> datetime:
        """Nine o'clock so many days later, in the time of the region."""
        day = self.now().astimezone(ZONE).date() + timedelta(days=days)
        return datetime.combine(day, time(9), ZONE)


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Look again and again until the workers have done what they should; fails when they do not."""
    deadline, pause = monotonic() + SECONDS_FOR_WORKERS, Event()
    while not holds():
        assert monotonic() < deadline, f"等了 {SECONDS_FOR_WORKERS:.0f} 秒，后台仍没有做到：{what}"
        pause.wait(SECONDS_BETWEEN_LOOKS)
