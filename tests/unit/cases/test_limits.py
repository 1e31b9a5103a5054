"""From limit texts to due instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

import pytest

from cases import limits
from processes.release import Release
from tests.unit.worktime.oracle import due_by_minutes
from worktime import Hold, Rules, Unit, national_calendar

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # ten o'clock in the region
CALENDAR, USUAL = national_calendar(), Rules()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Pack:
    """What of a release the limits look at."""

    id: str
    calendar: Any
    counting: Rules


def due(text: str, *holds: Hold, start: datetime = MONDAY, counting: Rules = USUAL) -> datetime:
    release = cast(Release, Pack(repr(counting), CALENDAR, counting))
    return limits.due(release, start, text, holds).at.astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1WD", datetime(2026, 3, 3, 9, 30, tzinfo=UTC)),
        ("5WD", datetime(2026, 3, 9, 9, 30, tzinfo=UTC)),
        ("3ND", datetime(2026, 3, 5, 16, 0, tzinfo=UTC)),
        ("2WH", MONDAY + 2 * HOUR),
        ("24NH", MONDAY + DAY),
        ("PT30M", MONDAY + HOUR / 2),
        ("2026-03-10", datetime(2026, 3, 10, 16, 0, tzinfo=UTC)),
        ("2026-03-10T12:00:00+08:00", datetime(2026, 3, 10, 4, 0, tzinfo=UTC)),
    ],
)
def test_every_kind_of_limit_has_its_due(text: str, expected: datetime) -> None:
    assert due(text) == expected


def test_all_limits_of_a_day_are_due_alike_unless_the_start_day_counts() -> None:
    later = MONDAY + 3 * HOUR

    assert due("5WD") == due("5WD", start=later)
    counts = Rules(start_day_counts=True)
    assert due("5WD", counting=counts) != due("5WD", start=later, counting=counts)


def test_elapsed_time_is_moved_by_the_union_of_its_holds() -> None:
    hold, overlapping = Hold(MONDAY + HOUR, MONDAY + 3 * HOUR), Hold(MONDAY + 2 * HOUR, MONDAY + 4 * HOUR)

    assert due("PT2H", hold) == MONDAY + 4 * HOUR
    assert due("PT2H", hold, overlapping) == due("PT2H", overlapping, hold) == MONDAY + 5 * HOUR


def test_a_hold_before_the_start_or_after_the_due_moves_nothing() -> None:
    before, after = Hold(MONDAY - 2 * HOUR, MONDAY - HOUR), Hold(MONDAY + 3 * HOUR, MONDAY + 9 * HOUR)

    assert due("PT2H", before, after) == due("PT2H")
    assert due("PT2H", Hold(MONDAY - HOUR, MONDAY + HOUR)) == MONDAY + 3 * HOUR


def test_a_date_does_not_move() -> None:
    assert due("2026-03-10", Hold(MONDAY, MONDAY + DAY)) == due("2026-03-10")


def test_a_working_day_limit_is_moved_by_its_hold() -> None:
    assert due("5WD", Hold(MONDAY + DAY, MONDAY + 2 * DAY)) > due("5WD")


@pytest.mark.parametrize("accepted", ["08:05", "12:20", "16:59"])
@pytest.mark.parametrize("suspended_after", [0, 25])
@pytest.mark.parametrize("resumed_after", [10, 1200, 5000])
@pytest.mark.parametrize("counting", [USUAL, Rules(start_day_counts=True)])
def test_a_limit_that_is_suspended_on_the_day_of_its_acceptance_is_due_as_every_minute_says(
    accepted: str, suspended_after: int, resumed_after: int, counting: Rules
) -> None:
    start = datetime.combine(date(2026, 9, 24), time.fromisoformat(accepted), CALENDAR.zone)  # before Mid-Autumn
    held = Hold(start + timedelta(minutes=suspended_after), start + timedelta(minutes=suspended_after + resumed_after))
    expected = due_by_minutes(CALENDAR, start, Unit.WORKING_DAYS, 2, [held], counting)
    assert due("2WD", held, start=start, counting=counting) == expected.astimezone(UTC)
