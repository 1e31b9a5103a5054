"""Which days are working days."""

from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest

from worktime import national_calendar

CALENDAR = national_calendar()


def days_of(first: int, last: int) -> list[date]:
    start = date(first, 1, 1)
    return [start + timedelta(days=number) for number in range((date(last + 1, 1, 1) - start).days)]


def test_every_announced_day_agrees_with_the_source() -> None:
    assert [day for day in days_of(2004, 2026) if CALENDAR.is_working(day) != chinese_calendar.is_workday(day)] == []


def test_a_make_up_sunday_is_a_working_day() -> None:
    assert CALENDAR.is_working(date(2026, 1, 4))
    assert not CALENDAR.is_working(date(2026, 1, 2))


def test_a_year_that_is_not_announced_keeps_the_holidays_of_fixed_date() -> None:
    off = [day for day in days_of(2027, 2027) if day.weekday() < 5 and not CALENDAR.is_working(day)]
    assert off == [date(2027, 1, 1), date(2027, 10, 1)]
    assert CALENDAR.is_announced(date(2026, 1, 1), date(2026, 12, 31))
    assert not CALENDAR.is_announced(date(2026, 12, 31), date(2027, 1, 1))


def test_an_override_changes_the_hours_of_one_day() -> None:
    half, off = date(2026, 11, 23), date(2026, 11, 24)
    changed = CALENDAR.with_overrides({half: ((time(9), time(11)),), off: ()})
    assert changed.spans(half) == ((time(9), time(11)),)
    assert not changed.is_working(off)
    assert changed.spans(date(2026, 11, 25)) == CALENDAR.hours


@pytest.mark.parametrize(
    "hours",
    [(), ((time(12), time(9)),), ((time(9), time(9)),), ((time(9), time(12)), (time(11), time(17)))],
    ids=["none", "backwards", "empty", "overlapping"],
)
def test_hours_out_of_order_are_refused(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="工作"):
        CALENDAR.with_hours(hours)


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="时区"):
        CALENDAR.local(datetime(2026, 11, 23, 9))  # noqa: DTZ001
