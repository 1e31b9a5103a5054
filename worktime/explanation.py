"""Why this date: every day from the start to the due, counted or not and for which reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from worktime.calendar import Calendar, DayKind
from worktime.counting import (
    DAYS,
    USUAL,
    ClockStands,
    Due,
    Hold,
    Rules,
    Stretch,
    beginning,
    consumed_at,
    due,
    stretches,
)
from worktime.limits import Limit
from worktime.meters import DAY, Meter, instant_of, meter_of, tick_of


class Cause(StrEnum):
    """Why a day is not counted, besides its kind."""

    START = "start"
    HELD = "held"
    OUTSIDE = "outside"  # of the time that counts: the rest of the first day was after work


@dataclass(frozen=True, slots=True)
class Run:
    """The days from ``first`` to ``last`` that count alike: ``worth`` of the unit in all, 0 when they do not count.

    ``cause`` says why a day is not counted that by its ``kind`` would be. ``whole``: each of them in full.
    """

    first: date
    last: date
    kind: DayKind
    cause: Cause | None
    worth: Fraction
    whole: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a limit came to its due.

    ``first_counted`` is the first day of which anything counts. ``consumed_at`` is when the limit is used up, which
    the rules may move to ``due``; both are ``None`` while the clock stands before it, and ``runs`` then end at the
    hold. ``holds`` are those that began before the due.
    """

    start: datetime
    limit: Limit
    rules: Rules
    runs: tuple[Run, ...]
    first_counted: date | None
    holds: tuple[Hold, ...]
    consumed_at: datetime | None
    due: Due | None

    @property
    def worth(self) -> Fraction:
        """What all runs are worth: the limit, or what was consumed when the clock stopped."""
        return sum((run.worth for run in self.runs), Fraction(0))


def explain(
    calendar: Calendar, start: datetime, limit: Limit, holds: Sequence[Hold] = (), rules: Rules = USUAL
) -> Explanation:
    """Why the limit is due when it is; the same arguments as ``due``, and the same due."""
    begin = tick_of(calendar.local(start))
    running = stretches(calendar, beginning(calendar, start, limit.unit, rules), holds)
    reached = consumed_at(calendar, start, limit.unit, Fraction(limit.amount), holds, rules)
    until = tick_of(reached) if reached else max((end for _, end in running if end is not None), default=begin)
    days = [_day(calendar, limit, rules, number, begin, until, running) for number in _numbers(begin, until)]
    first = next((day.first for day in days if day.worth), None)
    return Explanation(
        start=calendar.local(start),
        limit=limit,
        rules=rules,
        runs=tuple(_joined(days)),
        first_counted=first,
        holds=tuple(_known(calendar, holds, None if reached is None else until)),
        consumed_at=reached,
        due=_due_or_none(calendar, start, limit, holds, rules),
    )


def _numbers(begin: int, until: int) -> range:
    """The days from the start to the one that ends the count; the instant 24:00 belongs to the day that it ends."""
    return range(begin // DAY, max(begin // DAY, (until - 1) // DAY) + 1)


def _day(
    calendar: Calendar, limit: Limit, rules: Rules, number: int, begin: int, until: int, running: Sequence[Stretch]
) -> Run:
    """What one day is worth, and why."""
    day, meter = date.fromordinal(number), meter_of(calendar, limit.unit)
    since, end = number * DAY, (number + 1) * DAY
    full = meter.reading(end) - meter.reading(since)
    worth = _worth(meter, running, since, min(end, until))
    cause = None
    if full and not worth:
        cause = Cause.OUTSIDE
        if number == begin // DAY and limit.unit in DAYS and not rules.start_day_counts:
            cause = Cause.START
        elif meter.reading(min(end, until)) > meter.reading(max(since, begin)):
            cause = Cause.HELD
    kind = calendar.kind(day)
    return Run(day, day, kind, cause, worth, worth == full)


def _worth(meter: Meter, running: Sequence[Stretch], since: int, until: int) -> Fraction:
    total = Fraction(0)
    for begin, end in running:
        low, high = max(begin, since), until if end is None else min(end, until)
        if low < high:
            total += meter.reading(high) - meter.reading(low)
    return total


def _joined(days: Sequence[Run]) -> list[Run]:
    """Days that follow each other and count alike, as one; a day that counts in part stands alone."""
    runs: list[Run] = []
    for day in days:
        before = runs[-1] if runs else None
        if before and day.whole and before.whole and (before.kind, before.cause) == (day.kind, day.cause):
            runs[-1] = replace(before, last=day.last, worth=before.worth + day.worth)
        elif before and not day.worth and not before.worth and (before.kind, before.cause) == (day.kind, day.cause):
            runs[-1] = replace(before, last=day.last)
        else:
            runs.append(day)
    return runs


def _known(calendar: Calendar, holds: Sequence[Hold], until: int | None) -> list[Hold]:
    """The holds in order that cover time before the limit is consumed."""
    local = [
        Hold(calendar.local(hold.start), None if hold.end is None else calendar.local(hold.end))
        for hold in sorted(holds, key=lambda each: each.start)
        if hold.end is None or hold.start < hold.end
    ]
    return [hold for hold in local if until is None or hold.start < instant_of(calendar, until)]


def _due_or_none(calendar: Calendar, start: datetime, limit: Limit, holds: Sequence[Hold], rules: Rules) -> Due | None:
    try:
        return due(calendar, start, limit, holds, rules)
    except ClockStands:
        return None
