"""From the limit text of a diagram to the instant of its due, by the calendar and the counting of the release."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import worktime
from engine.limits import Limit, Unit, parse_limit
from processes.release import Release
from worktime import Calendar, Due, Hold, Rules

IN_DAYS = (Unit.WORKING_DAYS, Unit.NATURAL_DAYS)
ONE_DAY = timedelta(days=1)


def due(release: Release, start: datetime, text: str, holds: tuple[Hold, ...] = ()) -> Due:
    """When a limit that starts at ``start`` is used up; a date is due at the end of that day, where the region lies.

    ``holds`` are the closed intervals in which its clock stood; overlapping ones count once. A date does not move.
    """
    limit = parse_limit(text)
    if limit.unit is Unit.INSTANT:
        return Due(_instant(release, limit.amount), provisional=False)
    assert isinstance(limit.amount, int)
    if limit.unit is Unit.SECONDS:
        return Due(_later(start, timedelta(seconds=limit.amount), holds), provisional=False)
    if is_by_day(release, limit, holds):
        return _due_of_day(release.calendar, release.counting, release.calendar.local(start).date(), text.strip())
    return worktime.due(release.calendar, start, worktime.parse_limit(text.strip()), holds, release.counting)


def is_by_day(release: Release, limit: Limit, holds: Sequence[Hold]) -> bool:
    """Whether all limits like this one that start on one day are alike: the start day is not counted."""
    return limit.unit in IN_DAYS and not release.counting.start_day_counts and not holds


@lru_cache(maxsize=4096)
def _due_of_day(calendar: Calendar, rules: Rules, day: date, text: str) -> Due:
    """The due of all limits that start on one day."""
    return worktime.due(calendar, calendar.at(day, time()), worktime.parse_limit(text), rules=rules)


def _later(start: datetime, amount: timedelta, holds: tuple[Hold, ...]) -> datetime:
    """``amount`` of elapsed time after ``start``, less the holds."""
    at = start + amount
    reached = start
    for hold in sorted(holds, key=lambda each: each.start):
        assert hold.end is not None
        begin = max(hold.start, reached)
        if begin >= at:
            break
        if hold.end > begin:
            at += hold.end - begin
            reached = hold.end
    return at


def _instant(release: Release, moment: object) -> datetime:
    if isinstance(moment, datetime):
        return moment
    assert isinstance(moment, date)
    return release.calendar.at(moment + ONE_DAY, time())
