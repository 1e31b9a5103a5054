"""Which days are working days."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest

from worktime import DayKind, Season, national_calendar

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


def test_equal_content_has_an_equal_version_and_any_change_another() -> None:
    half = {date(2026, 11, 23): ((time(9), time(11)),)}
    versions = [
        CALENDAR,
        CALENDAR.with_overrides(half),
        CALENDAR.with_hours(((time(9), time(17)),)),
        CALENDAR.with_hours(CALENDAR.hours, (Season((5, 1), (9, 30), ((time(8), time(17)),)),)),
        replace(CALENDAR, published=CALENDAR.published - {2026}),
        replace(CALENDAR, off=CALENDAR.off - {date(2026, 1, 2)}),
        replace(CALENDAR, on=CALENDAR.on - {date(2026, 1, 4)}),
    ]
    assert len({version.digest for version in versions}) == len(versions)
    again = replace(CALENDAR).with_overrides(half)
    assert (again, hash(again), again.digest) == (versions[1], hash(versions[1]), versions[1].digest)
    assert again != CALENDAR


def test_years_without_a_notice_are_listed() -> None:
    assert CALENDAR.provisional_years(2025, 2029) == (2027, 2028, 2029)
    assert CALENDAR.provisional_years(2002, 2005) == (2002, 2003)


def test_a_season_has_its_own_hours_also_over_the_end_of_the_year() -> None:
    summer, winter = ((time(8), time(18)),), ((time(9), time(16)),)
    seasons = (Season((5, 1), (9, 30), summer), Season((12, 20), (1, 10), winter))
    calendar = CALENDAR.with_hours(CALENDAR.hours, seasons)
    days = ["2026-04-30", "2026-05-06", "2026-09-30", "2026-10-08", "2026-12-21", "2027-01-08", "2027-01-11"]
    usual = CALENDAR.hours
    assert [calendar.spans(date.fromisoformat(day)) for day in days] == [
        usual, summer, summer, usual, winter, winter, usual
    ]  # fmt: skip
    assert not calendar.is_working(date(2026, 10, 1))
    with pytest.raises(ValueError, match="工作日要有工作时间"):
        CALENDAR.with_hours(usual, (Season((5, 1), (9, 30), ()),))


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-09-30", DayKind.WORKDAY),
        ("2026-10-01", DayKind.HOLIDAY),
        ("2026-10-03", DayKind.HOLIDAY),  # a Saturday within the holiday
        ("2026-10-10", DayKind.MAKE_UP),
        ("2026-10-11", DayKind.WEEKEND),
        ("2028-10-01", DayKind.HOLIDAY),  # a Sunday of a year that is not announced, and National Day
        ("2026-11-23", DayKind.LOCAL_OFF),
        ("2026-11-28", DayKind.LOCAL_WORK),
    ],
)
def test_every_day_says_why_it_is_worked_or_not(day: str, kind: DayKind) -> None:
    calendar = CALENDAR.with_overrides({date(2026, 11, 23): (), date(2026, 11, 28): CALENDAR.hours})
    assert calendar.kind(date.fromisoformat(day)) is kind


def test_the_reason_of_a_day_agrees_with_its_hours() -> None:
    worked = (DayKind.WORKDAY, DayKind.MAKE_UP, DayKind.LOCAL_WORK)
    assert [day for day in days_of(2003, 2028) if (CALENDAR.kind(day) in worked) != CALENDAR.is_working(day)] == []
