"""From the limit text of a diagram to the instant of its due, by the calendar and the counting of the release."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import worktime
from engine.limits import Unit, parse_limit
from processes.release import Release
from worktime import Due


def due(release: Release, start: datetime, text: str) -> Due:
    """When a limit that starts at ``start`` is used up; a date is due at the end of that day, where the region lies."""
    limit = parse_limit(text)
    if limit.unit is Unit.INSTANT:
        return Due(_instant(release, limit.amount), provisional=False)
    assert isinstance(limit.amount, int)
    if limit.unit is Unit.SECONDS:
        return Due(start + timedelta(seconds=limit.amount), provisional=False)
    return worktime.due(release.calendar, start, worktime.parse_limit(text.strip()), rules=release.counting)


def _instant(release: Release, moment: object) -> datetime:
    if isinstance(moment, datetime):
        return moment
    assert isinstance(moment, date)
    return release.calendar.at(moment + timedelta(days=1), time())
