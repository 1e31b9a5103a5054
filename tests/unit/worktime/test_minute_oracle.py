"""Counting agrees with an oracle that looks at every minute, at the places where calendars are hard."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.worktime.oracle import consumed_by_minutes, due_by_minutes
from worktime import Calendar, Hold, Limit, Rules, Season, Unit, consumed, due, national_calendar, remaining

SUMMER = Season((5, 1), (9, 30), ((time(8), time(12)), (time(15), time(18))))
WINTER = Season((12, 20), (1, 10), ((time(9), time(12)), (time(13), time(16, 30))))
CALENDAR = (
    national_calendar()
    .with_hours(((time(8, 30), time(12)), (time(13), time(17, 30))), (SUMMER, WINTER))
    .with_overrides({date(2026, 4, 29): ((time(9), time(12)),), date(2026, 4, 30): ()})
)
HARD = ["2025-12-29", "2026-02-11", "2026-04-27", "2026-09-28", "2026-12-29"]
units = st.sampled_from(Unit)
rules = st.builds(Rules, start_day_counts=st.booleans())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CALENDAR.zone)


@st.composite
def near(draw: st.DrawFn, days: int = 16) -> tuple[datetime, list[datetime]]:
    """A start in a hard week and some minutes after it; many of them where hours open or close."""
    first = at(draw(st.sampled_from(HARD)))

    def minute() -> datetime:
        edges = (0, 510, 720, 780, 1049, 1050, 1439)
        of_day = draw(st.one_of(st.sampled_from(edges), st.integers(0, 1439)))
        return first + timedelta(days=draw(st.integers(0, days)), minutes=of_day)

    instants = [minute() for _ in range(draw(st.integers(1, 9)))]
    return minute(), instants


def paired(instants: Sequence[datetime]) -> list[Hold]:
    return [Hold(*sorted(pair)) for pair in zip(instants[::2], instants[1::2], strict=False)]


@settings(max_examples=60, deadline=None)
@given(near(), units, rules)
def test_what_is_consumed_is_what_every_minute_adds(
    case: tuple[datetime, list[datetime]], unit: Unit, rules: Rules
) -> None:
    start, (now, *others) = case
    holds = paired(others)
    assert consumed(CALENDAR, start, unit, now, holds, rules) == consumed_by_minutes(
        CALENDAR, start, unit, now, holds, rules
    )


@settings(max_examples=40, deadline=None)
@given(near(), units, st.integers(1, 9), rules)
def test_the_due_is_the_end_of_the_minute_that_consumes_the_rest(
    case: tuple[datetime, list[datetime]], unit: Unit, amount: int, rules: Rules
) -> None:
    start, others = case
    holds = paired(others)
    slow = due_by_minutes(CALENDAR, start, unit, amount, holds, rules)
    exact = due(CALENDAR, start, Limit(amount, unit), holds, rules).at
    # a minute of a held day can hold the end of the limit inside it: days of different length add up to parts of it
    assert slow - timedelta(minutes=1) < exact <= slow


def check(start: str, limit: Limit, holds: list[tuple[str, str]], expected: str, calendar: Calendar = CALENDAR) -> None:
    intervals = [Hold(at(since), at(until)) for since, until in holds]
    reached = due(calendar, at(start), limit, intervals).at
    assert reached == at(expected)
    slow = due_by_minutes(calendar, at(start), limit.unit, limit.amount, intervals)
    assert slow - timedelta(minutes=1) < reached <= slow
    assert remaining(calendar, at(start), limit, reached, intervals) == 0


def test_a_pause_over_a_whole_holiday_costs_only_the_working_time_in_it() -> None:
    check(
        "2026-09-28T10:00", Limit(3, Unit.WORKING_DAYS), [("2026-09-30T18:00", "2026-10-08T08:30")], "2026-10-08T17:30"
    )
    check(
        "2026-09-28T10:00",
        Limit(3, Unit.WORKING_DAYS),
        [("2026-10-01T00:00", "2026-10-08T00:00")],
        "2026-10-08T17:30",
    )


def test_a_pause_that_ends_on_a_make_up_saturday_lets_the_saturday_count() -> None:
    # 10 October 2026 is a Saturday that is worked: 08:30 to 12:00 and 13:00 to 17:30
    check(
        "2026-09-29T10:00", Limit(3, Unit.WORKING_DAYS), [("2026-10-08T08:30", "2026-10-10T08:30")], "2026-10-12T17:30"
    )
    check(
        "2026-09-29T10:00", Limit(3, Unit.WORKING_DAYS), [("2026-10-08T10:30", "2026-10-10T10:30")], "2026-10-12T17:30"
    )


def test_a_pause_that_begins_on_a_make_up_saturday_stops_the_saturday() -> None:
    check(
        "2026-10-08T10:00", Limit(2, Unit.WORKING_DAYS), [("2026-10-10T08:30", "2026-10-11T12:00")], "2026-10-12T17:30"
    )


def test_a_resume_in_the_last_second_of_the_day_leaves_that_second_to_count() -> None:
    hold = Hold(at("2026-11-17T08:30"), at("2026-11-18T17:29:59"))
    reached = due(CALENDAR, at("2026-11-16T10:00"), Limit(1, Unit.WORKING_DAYS), [hold]).at
    assert reached == at("2026-11-19T17:29:59")
    night = Hold(at("2026-11-17T08:30"), at("2026-11-18T23:59:59"))
    assert due(CALENDAR, at("2026-11-16T10:00"), Limit(1, Unit.WORKING_DAYS), [night]).at == at("2026-11-19T17:30")
    natural = due(CALENDAR, at("2026-11-16T10:00"), Limit(1, Unit.NATURAL_DAYS), [night]).at
    assert natural == at("2026-11-19T15:29:59")


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-04-27T10:00", "2026-05-06T18:00"),
        ("2026-09-29T10:00", "2026-10-08T17:30"),
        ("2026-05-07T09:00", "2026-05-09T18:00"),
    ],
    ids=["into summer", "out of summer", "a make-up Saturday in summer"],
)
def test_seasonal_hours_close_the_day_of_the_due(start: str, expected: str) -> None:
    amount = {"2026-04-27T10:00": 3, "2026-09-29T10:00": 2, "2026-05-07T09:00": 2}[start]
    check(start, Limit(amount, Unit.WORKING_DAYS), [], expected)


def test_a_pause_from_long_days_into_short_ones_keeps_the_part_of_the_day() -> None:
    # half a winter day (9:00-12:00, 13:00-16:30) is 3.25 hours, half a usual day 4
    check(
        "2026-01-05T10:00", Limit(2, Unit.WORKING_DAYS), [("2026-01-07T13:15", "2026-01-12T13:30")], "2026-01-12T17:30"
    )


def test_a_limit_runs_over_the_end_of_the_year() -> None:
    check("2025-12-30T10:00", Limit(3, Unit.WORKING_DAYS), [], "2026-01-05T16:30")  # 4 January is a worked Sunday
    check("2025-12-30T10:00", Limit(3, Unit.NATURAL_DAYS), [], "2026-01-03T00:00")
    check("2025-12-31T23:00", Limit(2, Unit.NATURAL_HOURS), [], "2026-01-01T01:00")
    check("2025-12-31T16:00", Limit(1, Unit.WORKING_HOURS), [], "2026-01-04T09:30")


def test_the_start_rule_does_not_apply_again_after_a_pause() -> None:
    # resumed at 10:30 of the 25th: that day counts from 10:30, the next one is not the first
    check(
        "2026-11-16T09:00", Limit(1, Unit.WORKING_DAYS), [("2026-11-17T08:30", "2026-11-25T10:30")], "2026-11-26T10:30"
    )
    check(
        "2026-11-16T09:00", Limit(1, Unit.NATURAL_DAYS), [("2026-11-17T00:00", "2026-11-25T10:30")], "2026-11-26T10:30"
    )


@pytest.mark.parametrize("year", [1949, 1987, 1998, 2003, 2004, 2031, 2099])
@pytest.mark.parametrize("unit", [Unit.WORKING_DAYS, Unit.WORKING_HOURS])
def test_years_far_from_the_announced_ones_are_counted_alike(year: int, unit: Unit) -> None:
    start, calendar = at(f"{year}-12-29T15:00"), CALENDAR.with_hours(CALENDAR.hours)
    reached = due(calendar, start, Limit(12, unit)).at
    assert reached == due_by_minutes(calendar, start, unit, 12, [])
    assert consumed(calendar, start, unit, reached) == 12


@pytest.mark.parametrize("start", ["1850-01-01T09:00", "2199-01-01T09:00", "9990-01-01T09:00"])
def test_a_date_beyond_all_calendars_is_an_error(start: str) -> None:
    with pytest.raises(ValueError, match="没有日历"):
        due(CALENDAR, at(start), Limit(3660, Unit.WORKING_DAYS))
