"""Count limits: what is consumed, what remains, and when a limit is due. Exact: fractions, no rounding on the way.

A limit is consumed piece by piece: a working day is 1, linear inside its hours; a natural day is 1, linear over its 24
hours; hours are hours. Days are counted from the first day after the start date (民法典 201), hours from the start.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from worktime.calendar import Calendar
from worktime.limits import Limit, Unit

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
LONGEST_SEARCH = 400  # days without one working hour: the calendar is broken
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


@dataclass(frozen=True, slots=True)
class Hold:
    """The clock stands still from ``start`` to ``end``; ``None``: it still does."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """The last instant in time; ``provisional`` when it rests on a year that is not announced yet."""

    at: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """From ``begin`` to ``end`` the limit is consumed evenly; a whole piece of length ``whole`` would be ``worth``."""

    begin: datetime
    end: datetime
    whole: timedelta

    @property
    def worth(self) -> Fraction:
        return Fraction((self.end - self.begin) // MICROSECOND, self.whole // MICROSECOND)


def consumed(
    calendar: Calendar, start: datetime, unit: Unit, now: datetime, holds: Sequence[Hold] = (), rules: Rules = Rules()
) -> Fraction:
    """How much of a limit that started at ``start`` is consumed at ``now``, in its unit; it may exceed the limit."""
    now, total = calendar.local(now), Fraction(0)
    for piece in _counted(calendar, start, unit, holds, rules):
        if piece.begin >= now:
            break
        total += Piece(piece.begin, min(piece.end, now), piece.whole).worth
    return total


def remaining(
    calendar: Calendar, start: datetime, limit: Limit, now: datetime, holds: Sequence[Hold] = (), rules: Rules = Rules()
) -> Fraction:
    """What is left of the limit at ``now``; negative when it is overdue."""
    return limit.amount - consumed(calendar, start, limit.unit, now, holds, rules)


def due(calendar: Calendar, start: datetime, limit: Limit, holds: Sequence[Hold] = (), rules: Rules = Rules()) -> Due:
    """The earliest instant at which the limit is consumed: 17:30 of the last day, not 08:30 of the next.

    Raises ``ValueError`` while a hold is open that the limit does not end before: a clock that stands has no due.
    """
    return _reach(
        calendar, limit.unit, _counted(calendar, start, limit.unit, holds, rules), Fraction(limit.amount), rules
    )


def due_after_hold(
    calendar: Calendar, start: datetime, limit: Limit, consumed: Fraction, resumed: datetime, rules: Rules = Rules()
) -> Due:
    """The due of a limit of which ``consumed`` was used when it was held, and that runs again since ``resumed``."""
    begin = max(calendar.local(resumed), _beginning(calendar, start, limit.unit, rules))
    return _reach(calendar, limit.unit, _pieces(calendar, limit.unit, begin), limit.amount - consumed, rules)


def _reach(calendar: Calendar, unit: Unit, pieces: Iterator[Piece], amount: Fraction, rules: Rules) -> Due:
    begin = None
    for piece in pieces:
        begin = begin or piece.begin
        if piece.worth < amount:
            amount -= piece.worth
            continue
        microseconds = max(amount, Fraction(0)) * (piece.whole // MICROSECOND)
        at = piece.begin + -(-microseconds.numerator // microseconds.denominator) * MICROSECOND
        return _settled(calendar, unit, begin, at, rules)
    raise ValueError("时钟停着，没有到期时刻")


def _settled(calendar: Calendar, unit: Unit, begin: datetime, at: datetime, rules: Rules) -> Due:
    """The due moved to the close of its day, or of the next working day, where the pack says so."""
    day = last = (at - MICROSECOND).date()  # the instant 24:00 belongs to the day that it ends
    if unit is Unit.NATURAL_DAYS and rules.roll_over:
        last = next(later for later in _days_from(day) if calendar.is_working(later))
    if unit is Unit.NATURAL_DAYS and (rules.end_of_day or last != day):
        at = calendar.at(last + DAY, time())
    elif unit is Unit.WORKING_DAYS and rules.end_of_day:
        at = calendar.at(day, calendar.spans(day)[-1][1])
    guessed = unit in WORKING or rules.roll_over
    return Due(at, guessed and not calendar.is_announced(begin.date() if unit in WORKING else day, last))


def _days_from(day: date) -> Iterator[date]:
    """The day and those after it, as far as a calendar that is in order can be without work."""
    return (day + DAY * number for number in range(LONGEST_SEARCH))


def _beginning(calendar: Calendar, start: datetime, unit: Unit, rules: Rules) -> datetime:
    """The instant from which the limit is counted."""
    local = calendar.local(start)
    if unit not in DAYS or rules.start_day_counts:
        return local
    return calendar.at(local.date() + DAY, time())


def _counted(calendar: Calendar, start: datetime, unit: Unit, holds: Sequence[Hold], rules: Rules) -> Iterator[Piece]:
    """The pieces since the beginning, less the holds; ends at a hold that is open."""
    stops = sorted(
        ((calendar.local(hold.start), hold.end and calendar.local(hold.end)) for hold in holds), key=_by_start
    )
    for piece in _pieces(calendar, unit, _beginning(calendar, start, unit, rules)):
        begin = piece.begin
        for stop, end in stops:
            if stop >= piece.end:
                break
            if stop > begin:
                yield Piece(begin, stop, piece.whole)
            if end is None:
                return
            begin = max(begin, end)
        if begin < piece.end:
            yield Piece(begin, piece.end, piece.whole)


def _by_start(stop: tuple[datetime, datetime | None]) -> datetime:
    return stop[0]


def _pieces(calendar: Calendar, unit: Unit, begin: datetime) -> Iterator[Piece]:
    """The stretches of time that consume the unit, from ``begin`` on without end."""
    day, idle = begin.date(), 0
    while idle < LONGEST_SEARCH:
        idle += 1
        for since, until, whole in _stretches(calendar, unit, day):
            if until > begin:
                idle = 0
                yield Piece(max(since, begin), until, whole)
        day += DAY
    raise ValueError(f"日历在 {day} 之前的 {LONGEST_SEARCH} 天里没有工作时间")


def _stretches(calendar: Calendar, unit: Unit, day: date) -> list[tuple[datetime, datetime, timedelta]]:
    if unit not in WORKING:
        whole = DAY if unit is Unit.NATURAL_DAYS else HOUR
        return [(calendar.at(day, time()), calendar.at(day + DAY, time()), whole)]
    spans = [(calendar.at(day, opens), calendar.at(day, closes)) for opens, closes in calendar.spans(day)]
    length = sum((until - since for since, until in spans), timedelta())
    return [(since, until, length if unit is Unit.WORKING_DAYS else HOUR) for since, until in spans]
