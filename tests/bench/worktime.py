"""What it costs to count working time: the same over twenty years as over a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from tests.bench.bench_world import BenchWorld
from tests.bench.figures import Figure, interleaved
from worktime import Hold, Limit, Unit, consumed, due, national_calendar

SLOWER_AT_MOST = 1.5
CALLS, ROWS = 200, 60
CALENDAR = national_calendar()
START = datetime(2026, 11, 18, 9, 12, 30, tzinfo=CALENDAR.zone)
HOLDS = (Hold(datetime(2026, 11, 18, 14, tzinfo=CALENDAR.zone), datetime(2026, 11, 19, 10, tzinfo=CALENDAR.zone)),)
# one day and, with 250 working days a year, twenty years of the same unit
SPANS = (
    (Limit(1, Unit.NATURAL_HOURS), Limit(20 * 366 * 24 // 2, Unit.NATURAL_HOURS)),
    (Limit(1, Unit.NATURAL_DAYS), Limit(3660, Unit.NATURAL_DAYS)),
    (Limit(8, Unit.WORKING_HOURS), Limit(20 * 250 * 8, Unit.WORKING_HOURS)),
    (Limit(1, Unit.WORKING_DAYS), Limit(3660, Unit.WORKING_DAYS)),
)


def figures(bench: BenchWorld) -> Iterator[Figure]:
    """The worst ratio of the units, of a due and of what is consumed then; needs no server."""
    worst, note = 0.0, ""
    for short, long in SPANS:
        one, other = _microseconds(short, long)
        if other / one > worst:
            worst, note = other / one, f"{short} {one:.1f} µs, {long} {other:.1f} µs"
    yield Figure("worktime_us_20y_vs_1d", worst, "x", SLOWER_AT_MOST, at_most=True, note=note)
