"""What it costs to count working time: the same over twenty years as over a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from tests.bench.bench_world import BenchWorld
from tests.bench.figures import Figure, interleaved
from worktime import Hold, Limit, Unit, consumed, due, national_calendar

SLOWER_AT_MOST = 1.5
CALLS, ROWS = 100, 40
CALENDAR = national_calendar()
START = datetime(2026, 11, 16, 8, 12, 30, tzinfo=CALENDAR.zone)
HELD = START + timedelta(minutes=30)
YEAR = timedelta(days=365)
TWENTY_YEARS = 20 * YEAR
Case = tuple[Limit, timedelta]
# A limit of a day and one of twenty years, each with a hold; the longest limits reach twenty years by it.
CASES: tuple[tuple[Case, Case], ...] = (
    ((Limit(1, Unit.WORKING_DAYS), timedelta(hours=4)), (Limit(3660, Unit.WORKING_DAYS), 6 * YEAR)),
    ((Limit(1, Unit.NATURAL_DAYS), timedelta(hours=4)), (Limit(3660, Unit.NATURAL_DAYS), 10 * YEAR)),
    ((Limit(8, Unit.WORKING_HOURS), timedelta(hours=4)), (Limit(42_000, Unit.WORKING_HOURS), timedelta(hours=4))),
    ((Limit(24, Unit.NATURAL_HOURS), timedelta(hours=4)), (Limit(87_840, Unit.NATURAL_HOURS), 10 * YEAR)),
)


def figures(bench: BenchWorld | None = None) -> Iterator[Figure]:
    """The worst ratio of all units, for a due together with what is consumed at it; needs no server."""
    ratio, note = max(_measured(*case) for case in CASES)
    yield Figure("worktime_us", ratio, "x", SLOWER_AT_MOST, at_most=True, note=note)


def _measured(day: Case, years: Case) -> tuple[float, str]:
    reached = _count(*years)
    if reached - START < TWENTY_YEARS:
        raise AssertionError(f"{years[0]} does not take twenty years")
    short, long = interleaved([(_many(*day), _many(*years)) for _ in range(ROWS)])
    one, other = short / CALLS * 1e6, long / CALLS * 1e6
    return other / one, f"{day[0]} {one:.1f} µs, {years[0]} {other:.1f} µs"


def _many(limit: Limit, held: timedelta) -> Callable[[], None]:
    def action() -> None:
        for _ in range(CALLS):
            _count(limit, held)

    return action


def _count(limit: Limit, held: timedelta) -> datetime:
    holds = (Hold(HELD, HELD + held),)
    reached = due(CALENDAR, START, limit, holds).at
    consumed(CALENDAR, START, limit.unit, reached, holds)
    return reached
