"""From when on a limit is yellow, by the policy of its release: kept beside its due, so that boards read an index.

The colour itself is never kept: it follows from these instants, from ``held`` and from the time (``worktime.lights``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import worktime
from cases.limits import is_by_day
from engine.limits import Unit, parse_limit
from processes.release import Release
from worktime import Calendar, Hold, Rules, Threshold

ELAPSED = (Unit.SECONDS, Unit.INSTANT)
ONE_DAY = timedelta(days=1)
WITHOUT_LIGHT = ("timer", "hold")
"""The kinds of due row that are nobody's promise: they continue a diagram, or ask again."""
NOTICE = "notice"
"""The limit of a notification; whether it has a light is the pack's choice."""
Lit = dict[str, datetime | None]


def yellow_at(release: Release, start: datetime, text: str, due_at: datetime, holds: Sequence[Hold] = ()) -> datetime:
    """The first instant at which a limit that starts at ``start`` and is due at ``due_at`` is yellow.

    ``holds`` are the closed intervals in which its clock stood. A duration and a date count elapsed time: a threshold
    in units means days of 24 hours there.
    """
    threshold, limit = release.lights.threshold, parse_limit(text)
    if limit.unit in ELAPSED:
        whole = due_at - start if threshold.of_limit else ONE_DAY
        return max(start, due_at - whole * threshold.left.numerator / threshold.left.denominator)
    calendar, rules = release.calendar, release.counting
    if is_by_day(release, limit, holds):
        day = calendar.local(start).date()
        return min(max(_yellow_of_day(calendar, rules, threshold, day, text.strip()), start), due_at)
    at = worktime.yellow_at(calendar, start, worktime.parse_limit(text.strip()), threshold, holds, rules)
    return due_at if at is None else min(at, due_at)


@lru_cache(maxsize=4096)
def _yellow_of_day(calendar: Calendar, rules: Rules, threshold: Threshold, day: date, text: str) -> datetime:
    """The yellow of all limits that start on one day; the beginning of that day for one that is yellow at once."""
    at = worktime.yellow_at(calendar, calendar.at(day, time()), worktime.parse_limit(text), threshold, rules=rules)
    assert at is not None, "a clock that never stands reaches every amount"
    return at


def lit(release: Release, kind: str, start: datetime, text: str, due_at: datetime, holds: Sequence[Hold] = ()) -> Lit:
    """The columns of a due row that its lights are answered from; to be written whenever ``due_at`` is.

    ``light_at`` is the next change of colour that nobody was told of yet.
    """
    if kind in WITHOUT_LIGHT or (kind == NOTICE and not release.lights.notice):
        return {"yellow_at": None, "light_at": None}
    at = yellow_at(release, start, text, due_at, holds)
    return {"yellow_at": at, "light_at": at}
