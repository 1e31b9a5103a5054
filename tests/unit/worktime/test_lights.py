"""The colour of a limit, and when it turns yellow."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worktime import (
    Hold,
    Light,
    Limit,
    Rules,
    Threshold,
    Unit,
    due,
    light,
    national_calendar,
    parse_limit,
    remaining,
    yellow_at,
)

CALENDAR = national_calendar()
ONE_LEFT = Threshold(Fraction(1))
MICROSECOND = timedelta(microseconds=1)
START = datetime(2026, 11, 16, 9, tzinfo=CALENDAR.zone)  # a Monday


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CALENDAR.zone)


@pytest.mark.parametrize(
    ("now", "colour"),
    [
        ("2026-11-16T09:00", Light.GREEN),
        ("2026-11-18T17:29:59.999999", Light.GREEN),
        ("2026-11-18T17:30", Light.YELLOW),
        ("2026-11-19T17:30", Light.YELLOW),  # an act at the due is in time
        ("2026-11-19T17:30:00.000001", Light.RED),
    ],
)
def test_a_limit_turns_yellow_near_its_end_and_red_after_its_due(now: str, colour: Light) -> None:
    assert light(CALENDAR, START, parse_limit("3WD"), at(now), ONE_LEFT) is colour


def test_a_suspended_limit_is_grey_and_afterwards_has_the_colour_of_what_remains() -> None:
    limit, hold = parse_limit("3WD"), Hold(at("2026-11-17T12:00"), at("2026-12-01T08:30"))
    colours = {
        now: light(CALENDAR, START, limit, at(now), ONE_LEFT, [hold])
        for now in ("2026-11-17T11:59", "2026-11-17T12:00", "2026-12-01T08:29", "2026-12-01T08:30", "2026-12-03T12:00")
    }
    assert list(colours.values()) == [Light.GREEN, Light.GREY, Light.GREY, Light.GREEN, Light.YELLOW]
    late = at("2026-11-30T09:00")
    assert light(CALENDAR, START, limit, late, ONE_LEFT, [Hold(at("2026-11-20T09:00"))]) is Light.GREY


def test_the_rest_of_a_held_limit_stands_still() -> None:
    limit, hold = parse_limit("3WD"), [Hold(at("2026-11-17T12:00"))]
    rests = {remaining(CALENDAR, START, limit, at(now), hold) for now in ("2026-11-17T12:00", "2027-06-01T09:00")}
    assert rests == {3 - Fraction(7, 16)}


def test_a_provisional_limit_never_turns_red() -> None:
    limit, start = parse_limit("3WD"), at("2026-12-30T09:00")
    assert due(CALENDAR, start, limit).provisional
    assert light(CALENDAR, start, limit, at("2027-02-01T09:00"), ONE_LEFT) is Light.YELLOW


def test_a_threshold_may_be_a_part_of_the_limit() -> None:
    fifth = Threshold(Fraction(1, 5), of_limit=True)
    assert yellow_at(CALENDAR, START, parse_limit("10WD"), fifth) == at("2026-11-26T17:30")
    assert yellow_at(CALENDAR, START, parse_limit("5WD"), fifth) == at("2026-11-20T17:30")
    assert yellow_at(CALENDAR, START, parse_limit("1WD"), fifth) == at("2026-11-17T15:54")


def test_a_limit_not_longer_than_the_threshold_is_yellow_from_its_start() -> None:
    assert yellow_at(CALENDAR, START, parse_limit("1WD"), ONE_LEFT) == START
    assert light(CALENDAR, START, parse_limit("1WD"), START, ONE_LEFT) is Light.YELLOW


def test_a_clock_that_stands_before_it_has_no_instant_of_yellow() -> None:
    assert yellow_at(CALENDAR, START, parse_limit("3WD"), ONE_LEFT, [Hold(at("2026-11-17T12:00"))]) is None


def test_red_is_told_by_the_due_that_the_rules_give() -> None:
    rules, hold = Rules(end_of_day=True), [Hold(at("2026-11-17T10:30"), at("2026-11-18T10:30"))]
    evening = at("2026-11-20T17:30")
    assert due(CALENDAR, START, parse_limit("3WD"), hold, rules).at == evening
    assert light(CALENDAR, START, parse_limit("3WD"), evening, ONE_LEFT, hold, rules) is Light.YELLOW
    assert light(CALENDAR, START, parse_limit("3WD"), evening + MICROSECOND, ONE_LEFT, hold, rules) is Light.RED


@pytest.mark.parametrize(("left", "of_limit"), [(Fraction(-1), False), (Fraction(6, 5), True)])
def test_a_threshold_that_means_nothing_is_refused(left: Fraction, of_limit: bool) -> None:
    with pytest.raises(ValueError, match="阈值"):
        Threshold(left, of_limit)


instants = st.datetimes(datetime(2025, 12, 1), datetime(2026, 6, 30)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=CALENDAR.zone)
)
holds = st.lists(
    st.tuples(instants, st.timedeltas(timedelta(0), timedelta(days=20))).map(lambda pair: Hold(pair[0], sum_of(pair))),
    max_size=3,
)


def sum_of(pair: tuple[datetime, timedelta]) -> datetime:
    return pair[0] + pair[1]


@settings(deadline=None)
@given(instants, st.builds(Limit, st.integers(1, 20), st.sampled_from(Unit)), holds, st.integers(0, 25))
def test_yellow_begins_when_the_threshold_remains(start: datetime, limit: Limit, holds: list[Hold], left: int) -> None:
    yellow = yellow_at(CALENDAR, start, limit, Threshold(Fraction(left)), holds)
    assert yellow is not None
    assert yellow <= due(CALENDAR, start, limit, holds).at
    if left < limit.amount:
        assert remaining(CALENDAR, start, limit, yellow, holds) <= left
        assert remaining(CALENDAR, start, limit, yellow - MICROSECOND, holds) > left
