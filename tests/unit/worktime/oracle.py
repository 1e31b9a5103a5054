"""The same questions answered the slow way: look at every minute, and know nothing of stretches, sums or meters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache

from worktime import Calendar, Hold, Rules, Unit

MINUTE = timedelta(minutes=1)
USUAL = Rules()


def minutes_worth(
    calendar: Calendar, start: datetime, unit: Unit, holds: Sequence[Hold], rules: Rules
) -> Iterator[tuple[datetime, Fraction]]:
    """Every minute from ``start`` on, without end, with what it is worth."""
    worth = cache(_worth_of_open_minute(calendar, unit))
    days = unit in (Unit.WORKING_DAYS, Unit.NATURAL_DAYS)
    minute = start
    while True:
        late_enough = not days or rules.start_day_counts or minute.date() > start.date()
        held = any(hold.start <= minute and (hold.end is None or minute < hold.end) for hold in holds)
        runs = unit in (Unit.NATURAL_DAYS, Unit.NATURAL_HOURS) or _is_open(calendar, minute)
        yield minute, worth(minute.date()) if late_enough and runs and not held else Fraction(0)
        minute += MINUTE


def consumed_by_minutes(
    calendar: Calendar, start: datetime, unit: Unit, now: datetime, holds: Sequence[Hold], rules: Rules = USUAL
) -> Fraction:
    """What is consumed at ``now``."""
    total = Fraction(0)
    for minute, worth in minutes_worth(calendar, start, unit, holds, rules):
        if minute >= now:
            break
        total += worth
    return total


def due_by_minutes(
    calendar: Calendar, start: datetime, unit: Unit, amount: int, holds: Sequence[Hold], rules: Rules = USUAL
) -> datetime:
    """The end of the minute in which the amount is consumed."""
    total = Fraction(0)
    for minute, worth in minutes_worth(calendar, start, unit, holds, rules):
        total += worth
        if total >= amount:
            return minute + MINUTE
    raise AssertionError("time does not end")


def _is_open(calendar: Calendar, minute: datetime) -> bool:
    return any(opens <= minute.time() < closes for opens, closes in calendar.spans(minute.date()))


def _worth_of_open_minute(calendar: Calendar, unit: Unit) -> Callable[[date], Fraction]:
    def worth(day: date) -> Fraction:
        if unit is Unit.NATURAL_DAYS:
            return Fraction(1, 24 * 60)
        if unit is not Unit.WORKING_DAYS:
            return Fraction(1, 60)
        spans = calendar.spans(day)
        return Fraction(1, sum((c.hour - o.hour) * 60 + c.minute - o.minute for o, c in spans))

    return worth
