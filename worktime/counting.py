"""Count limits: what is consumed, what remains, and when a limit is due. Exact: fractions, no rounding on the way.

A working day is 1, linear inside its hours; a natural day is 1, linear over its 24 hours; hours are hours. Days are
counted from the first day after the start date (民法典 201), hours from the start. The meter of the unit is read at the
ends of the stretches between holds, so that nothing costs more over twenty years than over a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from worktime.calendar import Calendar
from worktime.limits import Limit, Unit
from worktime.meters import DAY, Meter, instant_of, meter_of, sums_of, tick_of

DAYS = (Unit.WORKING_DAYS, Unit.NATURAL_DAYS)
WORKING = (Unit.WORKING_DAYS, Unit.WORKING_HOURS)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a region's pack may say otherwise.

    ``start_day_counts``: days are counted from the start itself. ``end_of_day``: a limit in days that is due inside a
    day is due at its close. ``roll_over``: a limit in natural days that is due on a day off is due on the next working
    day.
    """

    start_day_counts: bool = False
    end_of_day: bool = False
    roll_over: bool = False


USUAL = Rules()


class ClockStands(ValueError):
    """A hold is open: the limit has no due until it is lifted."""


@dataclass(frozen=True, slots=True)
class Hold:
    """The clock stands still from ``start`` to ``end``; ``None``: it still does. One that ends before it is empty."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """The last instant in time; ``provisional`` when it rests on a year that is not announced yet."""

    at: datetime
    provisional: bool


Stretch = tuple[int, int | None]


def consumed(
    calendar: Calendar, start: datetime, unit: Unit, now: datetime, holds: Sequence[Hold] = (), rules: Rules = USUAL
) -> Fraction:
    """How much of a limit that started at ``start`` is consumed at ``now``, in its unit; it may exceed the limit."""
    meter, until = meter_of(calendar, unit), tick_of(calendar.local(now))
    total = Fraction(0)
    for begin, end in stretches(calendar, beginning(calendar, start, unit, rules), holds):
        if begin >= until:
            break
        total += meter.reading(until if end is None else min(end, until)) - meter.reading(begin)
    return total


def remaining(
    calendar: Calendar, start: datetime, limit: Limit, now: datetime, holds: Sequence[Hold] = (), rules: Rules = USUAL
) -> Fraction:
    """What is left of the limit at ``now``; negative when it is overdue."""
    return limit.amount - consumed(calendar, start, limit.unit, now, holds, rules)


def due(calendar: Calendar, start: datetime, limit: Limit, holds: Sequence[Hold] = (), rules: Rules = USUAL) -> Due:
    """The earliest instant at which the limit is consumed: 17:30 of the last day, not 08:30 of the next.

    Raises ``ClockStands`` while a hold is open that the limit does not end before: a clock that stands has no due.
    """
    running = stretches(calendar, beginning(calendar, start, limit.unit, rules), holds)
    return _due(calendar, limit.unit, running, Fraction(limit.amount), rules)


def due_after_hold(
    calendar: Calendar, start: datetime, limit: Limit, consumed: Fraction, resumed: datetime, rules: Rules = USUAL
) -> Due:
    """The due of a limit of which ``consumed`` was used when it was held, and that runs again since ``resumed``."""
    begin = max(tick_of(calendar.local(resumed)), beginning(calendar, start, limit.unit, rules))
    return _due(calendar, limit.unit, [(begin, None)], limit.amount - consumed, rules)


def consumed_at(
    calendar: Calendar,
    start: datetime,
    unit: Unit,
    amount: Fraction,
    holds: Sequence[Hold] = (),
    rules: Rules = USUAL,
) -> datetime | None:
    """The earliest instant at which ``amount`` of the unit is consumed; ``None`` when the clock stands before it."""
    running = stretches(calendar, beginning(calendar, start, unit, rules), holds)
    at = _reached(meter_of(calendar, unit), running, amount)
    return None if at is None else instant_of(calendar, at)


def first_counted(meter: Meter, running: Sequence[Stretch]) -> int | None:
    """The tick at which the limit begins to be consumed; ``None`` when a hold stops it before."""
    for begin, end in running:
        opening = meter.opening(begin)
        if end is None or opening < end:
            return opening
    return None


def beginning(calendar: Calendar, start: datetime, unit: Unit, rules: Rules) -> int:
    """The tick from which the limit is counted."""
    local = calendar.local(start)
    if unit not in DAYS or rules.start_day_counts:
        return tick_of(local)
    return (local.toordinal() + 1) * DAY


def stretches(calendar: Calendar, begin: int, holds: Sequence[Hold]) -> list[Stretch]:
    """The time since ``begin`` less the union of the holds; the last stretch has no end, unless a hold is open."""
    running: list[Stretch] = []
    for stop, end in sorted((_stop(calendar, hold) for hold in holds), key=_by_start):
        if end is not None and end <= max(stop, begin):
            continue
        if stop > begin:
            running.append((begin, stop))
        if end is None:
            return running
        begin = end
    return [*running, (begin, None)]


def _stop(calendar: Calendar, hold: Hold) -> Stretch:
    return tick_of(calendar.local(hold.start)), None if hold.end is None else tick_of(calendar.local(hold.end))


def _by_start(stop: Stretch) -> int:
    return stop[0]


def _due(calendar: Calendar, unit: Unit, running: Sequence[Stretch], amount: Fraction, rules: Rules) -> Due:
    meter = meter_of(calendar, unit)
    at, first = _reached(meter, running, amount), first_counted(meter, running)
    if at is None or first is None:
        raise ClockStands("时钟停着，没有到期时刻")
    return _settled(calendar, unit, first // DAY, at, rules)


def _reached(meter: Meter, running: Sequence[Stretch], amount: Fraction) -> int | None:
    """The first tick at which ``amount`` is consumed; the later one, where it falls between two."""
    for begin, end in running:
        if amount <= 0:
            return begin
        shown = meter.reading(begin)
        there = None if end is None else meter.reading(end) - shown
        if there is None or there >= amount:
            return meter.first(shown + amount)
        amount -= there
    return None


def _settled(calendar: Calendar, unit: Unit, first: int, at: int, rules: Rules) -> Due:
    """The due moved to the close of its day, or of the next working day, where the pack says so."""
    day = last = (at - 1) // DAY  # the instant 24:00 belongs to the day that it ends
    if unit is Unit.NATURAL_DAYS and rules.roll_over:
        last = sums_of(calendar).next_working_day(day)
    instant = instant_of(calendar, at)
    if unit is Unit.NATURAL_DAYS and (rules.end_of_day or last != day):
        instant = instant_of(calendar, (last + 1) * DAY)
    elif unit is Unit.WORKING_DAYS and rules.end_of_day:
        closing = date.fromordinal(day)
        instant = calendar.at(closing, calendar.spans(closing)[-1][1])
    guessed = unit in WORKING or rules.roll_over
    since = date.fromordinal(first if unit in WORKING else day)
    return Due(instant, guessed and not calendar.is_announced(since, date.fromordinal(last)))
