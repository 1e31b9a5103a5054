"""Meters: what a clock shows at any tick, in one unit, and when it first shows an amount; the same cost for any span.

A tick is a microsecond of the region's clocks, counted from the day 0 of ``date.toordinal``. Readings are exact.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

from worktime.calendar import Calendar, Spans
from worktime.limits import Unit

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
LONGEST_IDLE = 400  # days without one working hour: the calendar is broken
ANCHOR = date(2004, 1, 1).toordinal()  # the first announced year
FIRST, LAST = date(1900, 1, 1).toordinal(), date(2200, 1, 1).toordinal()  # beyond them a date is a mistake
MORE = 8 * 366  # days that are summed at once


def tick_of(local: datetime) -> int:
    """The tick that the region's clocks show."""
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    return local.toordinal() * DAY + seconds * SECOND + local.microsecond


def instant_of(calendar: Calendar, tick: int) -> datetime:
    """The instant of a tick."""
    day, rest = divmod(tick, DAY)
    return calendar.at(date.fromordinal(day), time()) + timedelta(microseconds=rest)


class Meter(Protocol):
    """A clock that never stands by itself; holds are the business of who reads it."""

    def reading(self, tick: int) -> Fraction:
        """What it shows at the tick; only differences mean something."""

    def first(self, reading: Fraction) -> int:
        """The earliest tick at which it shows at least ``reading``."""

    def opening(self, tick: int) -> int:
        """The earliest tick, from ``tick`` on, after which it runs."""


@dataclass(frozen=True, slots=True)
class Evenly:
    """Runs day and night, one unit in ``whole`` ticks."""

    whole: int

    def reading(self, tick: int) -> Fraction:
        return Fraction(tick, self.whole)

    def first(self, reading: Fraction) -> int:
        return _ceiling(reading * self.whole)

    def opening(self, tick: int) -> int:
        return tick


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Runs inside the working hours, one unit an hour."""

    sums: Sums

    def reading(self, tick: int) -> Fraction:
        return Fraction(self.sums.worked(tick), HOUR)

    def first(self, reading: Fraction) -> int:
        return self.sums.tick_after(_ceiling(reading * HOUR))

    def opening(self, tick: int) -> int:
        return self.sums.tick_after(self.sums.worked(tick) + 1) - 1


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Runs inside the working hours, one unit a day: faster on a short day."""

    sums: Sums

    def reading(self, tick: int) -> Fraction:
        days, worked, length = self.sums.day_at(tick)
        return days + Fraction(worked, length) if worked else Fraction(days)

    def first(self, reading: Fraction) -> int:
        number = _ceiling(reading)
        day, length = self.sums.day_of_number(number)
        return self.sums.tick_in(day, _ceiling((reading - number + 1) * length))

    def opening(self, tick: int) -> int:
        return self.sums.tick_after(self.sums.worked(tick) + 1) - 1


class Sums:
    """The working days and working ticks between ``ANCHOR`` and each day of a calendar, summed once and kept.

    ``_book`` is replaced as a whole, so that threads may read it while another one makes it longer.
    """

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._book = _Book(ANCHOR, array("q", [0]), array("q", [0]))

    def worked(self, tick: int) -> int:
        """The working ticks before ``tick``."""
        day, rest = divmod(tick, DAY)
        book = self._covering(day)
        return book.ticks[day - book.first] + self._inside(day, rest)

    def day_at(self, tick: int) -> tuple[int, int, int]:
        """The working days before the day of the tick; the working ticks of that day before it, and in all."""
        day, rest = divmod(tick, DAY)
        book = self._covering(day)
        at = day - book.first
        return book.days[at], self._inside(day, rest), book.ticks[at + 1] - book.ticks[at]

    def day_of_number(self, number: int) -> tuple[int, int]:
        """The ``number``-th working day and its working ticks."""
        book = self._book
        while not book.days[0] < number <= book.days[-1]:
            book = self._longer(book, earlier=number <= book.days[0])
        at = bisect_left(book.days, number) - 1
        return book.first + at, book.ticks[at + 1] - book.ticks[at]

    def tick_after(self, worked: int) -> int:
        """The earliest tick before which ``worked`` ticks are working ones."""
        book = self._book
        while not book.ticks[0] < worked <= book.ticks[-1]:
            book = self._longer(book, earlier=worked <= book.ticks[0])
        at = bisect_left(book.ticks, worked) - 1
        return self.tick_in(book.first + at, worked - book.ticks[at])

    def tick_in(self, day: int, worked: int) -> int:
        """The earliest tick of a working day before which ``worked`` ticks of it are working ones, at least 1."""
        for since, until in self._spans(day):
            if worked <= until - since:
                return day * DAY + since + worked
            worked -= until - since
        raise AssertionError("a day is not longer than its hours")

    def next_working_day(self, day: int) -> int:
        """The first working day, from ``day`` on."""
        book = self._covering(day)
        return self.day_of_number(book.days[day - book.first] + 1)[0]

    def _inside(self, day: int, rest: int) -> int:
        return sum(min(rest, until) - since for since, until in self._spans(day) if since < rest)

    def _spans(self, day: int) -> tuple[tuple[int, int], ...]:
        return _ticks(self._calendar.spans(date.fromordinal(day)))

    def _covering(self, day: int) -> _Book:
        book = self._book
        while not book.first <= day < book.end:
            book = self._longer(book, earlier=day < book.first)
        return book

    def _longer(self, book: _Book, earlier: bool) -> _Book:
        """The book with some years more, at its beginning or at its end."""
        first = book.first - MORE if earlier else book.end
        if first < FIRST or first + MORE > LAST:
            raise ValueError("日期太远，没有日历")
        more = self._summed(first)
        if earlier:
            longer = more.moved(book.days[0] - more.days[-1], book.ticks[0] - more.ticks[-1]).followed_by(book)
        else:
            longer = book.followed_by(more.moved(book.days[-1], book.ticks[-1]))
        longer.check()
        self._book = longer
        return longer

    def _summed(self, first: int) -> _Book:
        book = _Book(first, array("q", [0]), array("q", [0]))
        for day in range(first, first + MORE):
            length = sum(until - since for since, until in self._spans(day))
            book.days.append(book.days[-1] + bool(length))
            book.ticks.append(book.ticks[-1] + length)
        return book


@dataclass(frozen=True, slots=True)
class _Book:
    """``days[n]`` and ``ticks[n]``: the working days and ticks from ``ANCHOR`` to the day ``first + n``, signed."""

    first: int
    days: array[int]
    ticks: array[int]

    @property
    def end(self) -> int:
        """The first day that is not summed yet."""
        return self.first + len(self.days) - 1

    def moved(self, days: int, ticks: int) -> _Book:
        """The same with other sums before the first day."""
        return _Book(
            self.first,
            array("q", (each + days for each in self.days)),
            array("q", (each + ticks for each in self.ticks)),
        )

    def followed_by(self, later: _Book) -> _Book:
        """This and the one that begins where it ends."""
        return _Book(self.first, self.days + later.days[1:], self.ticks + later.ticks[1:])

    def check(self) -> None:
        """Refuse a calendar that is broken."""
        for number, (before, after) in enumerate(zip(self.days, self.days[LONGEST_IDLE:], strict=False)):
            if before == after:
                day = date.fromordinal(self.first + number + LONGEST_IDLE)
                raise ValueError(f"日历在 {day} 之前的 {LONGEST_IDLE} 天里没有工作时间")


@lru_cache(maxsize=256)
def sums_of(calendar: Calendar) -> Sums:
    """The sums of a calendar; equal calendars share them."""
    return Sums(calendar)


def meter_of(calendar: Calendar, unit: Unit) -> Meter:
    """The meter of a unit."""
    if unit is Unit.NATURAL_DAYS:
        return Evenly(DAY)
    if unit is Unit.NATURAL_HOURS:
        return Evenly(HOUR)
    sums = sums_of(calendar)
    return WorkingDays(sums) if unit is Unit.WORKING_DAYS else WorkingHours(sums)


@lru_cache(maxsize=1024)
def _ticks(spans: Spans) -> tuple[tuple[int, int], ...]:
    """The spans of a day in ticks after its midnight."""
    return tuple((_ticks_of_day(opens), _ticks_of_day(closes)) for opens, closes in spans)


def _ticks_of_day(moment: time) -> int:
    return (moment.hour * 3600 + moment.minute * 60 + moment.second) * SECOND + moment.microsecond


def _ceiling(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
