"""What a new calendar moves: the running limits whose due changes, before anybody is bound by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from worktime.calendar import Calendar
from worktime.counting import USUAL, ClockStands, Due, Hold, Rules, due
from worktime.limits import Limit


@dataclass(frozen=True, slots=True)
class Running:
    """A limit that is not settled; ``key`` is the caller's name for it."""

    key: str
    start: datetime
    limit: Limit
    holds: tuple[Hold, ...] = ()
    rules: Rules = USUAL


@dataclass(frozen=True, slots=True)
class Move:
    """The due of a limit under the old and under the new calendar; only ``provisional`` may differ."""

    key: str
    before: Due
    after: Due


def moves(before: Calendar, after: Calendar, running: Iterable[Running]) -> Iterator[Move]:
    """The limits whose due the new calendar changes, in the given order.

    A limit whose clock stands under both calendars has no due to move: it is computed when it runs again.
    """
    for each in running:
        old, new = (_due(calendar, each) for calendar in (before, after))
        if old is not None and new is not None and old != new:
            yield Move(each.key, old, new)


def _due(calendar: Calendar, each: Running) -> Due | None:
    """The due, or None while the clock stands."""
    try:
        return due(calendar, each.start, each.limit, each.holds, each.rules)
    except ClockStands:
        return None
