"""Limits on days that people know."""

from datetime import datetime, time, timedelta
from fractions import Fraction

import pytest

from worktime import (
    Hold,
    Rules,
    Unit,
    consumed,
    due,
    due_after_hold,
    national_calendar,
    parse_limit,
    remaining,
)

CALENDAR = national_calendar()
WORKING_DAYS = Unit.WORKING_DAYS


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CALENDAR.zone)


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2026-11-18T09:00", "1WD", "2026-11-19T17:30"),
        ("2026-11-18T23:59", "1WD", "2026-11-19T17:30"),
        ("2026-11-20T16:00", "1WD", "2026-11-23T17:30"),
        ("2026-11-21T10:00", "1WD", "2026-11-23T17:30"),
        ("2026-09-29T15:00", "5WD", "2026-10-12T17:30"),  # National Day, and Saturday 10 October is worked
        ("2026-11-18T15:00", "1ND", "2026-11-20T00:00"),
        ("2026-11-18T15:00", "3ND", "2026-11-22T00:00"),
        ("2026-11-18T15:00", "4WH", "2026-11-19T10:00"),
        ("2026-11-18T12:30", "8WH", "2026-11-19T12:00"),
        ("2026-11-20T18:00", "1WH", "2026-11-23T09:30"),
        ("2026-11-18T15:07", "24NH", "2026-11-19T15:07"),
    ],
)
def test_a_limit_is_due_at_the_earliest_instant_at_which_it_is_consumed(start: str, limit: str, expected: str) -> None:
    assert due(CALENDAR, at(start), parse_limit(limit)).at == at(expected)


def test_a_working_day_is_consumed_evenly_inside_its_hours() -> None:
    start = at("2026-11-18T09:00")
    expected = {
        "2026-11-18T17:30": Fraction(0),
        "2026-11-19T08:30": Fraction(0),
        "2026-11-19T10:30": Fraction(1, 4),
        "2026-11-19T12:00": Fraction(7, 16),
        "2026-11-19T12:59": Fraction(7, 16),
        "2026-11-19T17:30": Fraction(1),
        "2026-11-22T12:00": Fraction(2),
    }
    assert {when: consumed(CALENDAR, start, WORKING_DAYS, at(when)) for when in expected} == expected


def test_what_remains_turns_negative_when_the_limit_is_over() -> None:
    start, limit = at("2026-11-18T09:00"), parse_limit("1WD")
    assert remaining(CALENDAR, start, limit, at("2026-11-19T10:30")) == Fraction(3, 4)
    assert remaining(CALENDAR, start, limit, at("2026-11-20T17:30")) == -1


def test_a_hold_keeps_what_is_consumed() -> None:
    start, limit = at("2026-11-16T09:00"), parse_limit("3WD")
    hold = Hold(at("2026-11-17T10:30"), at("2026-11-25T09:30"))
    assert due(CALENDAR, start, limit, [hold]).at == at("2026-11-27T16:30")
    assert due_after_hold(CALENDAR, start, limit, Fraction(1, 4), at("2026-11-25T09:30")).at == at("2026-11-27T16:30")


def test_a_hold_that_ends_before_counting_begins_changes_nothing() -> None:
    start, limit = at("2026-11-20T09:00"), parse_limit("2WD")
    hold = Hold(at("2026-11-20T10:00"), at("2026-11-22T10:00"))
    assert due(CALENDAR, start, limit, [hold]) == due(CALENDAR, start, limit)
    assert due_after_hold(CALENDAR, start, limit, Fraction(0), at("2026-11-20T15:00")) == due(CALENDAR, start, limit)


def test_a_clock_that_stands_has_no_due() -> None:
    start, limit = at("2026-11-18T09:00"), parse_limit("2WD")
    with pytest.raises(ValueError, match="时钟停着"):
        due(CALENDAR, start, limit, [Hold(at("2026-11-19T10:00"))])
    assert due(CALENDAR, start, limit, [Hold(at("2026-11-20T17:30"))]).at == at("2026-11-20T17:30")
    assert consumed(CALENDAR, start, WORKING_DAYS, at("2026-12-01T09:00"), [Hold(at("2026-11-19T10:30"))]) == Fraction(
        1, 4
    )


def test_a_result_that_rests_on_an_unannounced_year_is_provisional() -> None:
    assert due(CALENDAR, at("2026-12-29T09:00"), parse_limit("3WD")).provisional
    assert not due(CALENDAR, at("2026-12-29T09:00"), parse_limit("2WD")).provisional
    assert not due(CALENDAR, at("2026-12-29T09:00"), parse_limit("30ND")).provisional
    assert due(CALENDAR, at("2026-12-29T09:00"), parse_limit("30ND"), rules=Rules(roll_over=True)).provisional
    assert not due(CALENDAR, at("2026-12-30T09:00"), parse_limit("1ND"), rules=Rules(roll_over=True)).provisional


def test_a_pack_may_count_the_start_day() -> None:
    rules = Rules(start_day_counts=True)
    assert due(CALENDAR, at("2026-11-18T10:30"), parse_limit("1WD"), rules=rules).at == at("2026-11-19T10:30")


def test_a_pack_may_move_a_due_to_the_close_of_its_day_but_never_the_remainder() -> None:
    start, limit, rules = at("2026-11-16T09:00"), parse_limit("3WD"), Rules(end_of_day=True)
    hold = Hold(at("2026-11-17T10:30"), at("2026-11-25T09:30"))
    assert due(CALENDAR, start, limit, [hold], rules).at == at("2026-11-27T17:30")
    assert remaining(CALENDAR, start, limit, at("2026-11-25T09:30"), [hold], rules) == Fraction(11, 4)


def test_a_pack_may_roll_natural_days_over_a_final_holiday() -> None:
    start, limit = at("2026-09-30T09:00"), parse_limit("5ND")
    assert due(CALENDAR, start, limit).at == at("2026-10-06T00:00")
    assert due(CALENDAR, start, limit, rules=Rules(roll_over=True)).at == at("2026-10-09T00:00")
    assert due(CALENDAR, at("2026-11-16T09:00"), parse_limit("2ND"), rules=Rules(roll_over=True)).at == at(
        "2026-11-19T00:00"
    )


def test_a_due_between_two_microseconds_is_the_later_one() -> None:
    odd = CALENDAR.with_overrides({at("2026-11-19T00:00").date(): ((time(9), time(9, 0, 0, 3)),)})
    hold = Hold(at("2026-11-19T09:00:00.000001"), at("2026-11-20T08:00"))
    reached = due(odd, at("2026-11-18T09:00"), parse_limit("1WD"), [hold]).at
    assert consumed(odd, at("2026-11-18T09:00"), WORKING_DAYS, reached, [hold]) >= 1


def test_a_calendar_without_work_is_an_error_and_not_an_endless_search() -> None:
    first = at("2026-11-18T00:00").date()
    idle = CALENDAR.with_overrides({first + timedelta(days=number): () for number in range(500)})
    with pytest.raises(ValueError, match="没有工作时间"):
        due(idle, at("2026-11-18T09:00"), parse_limit("1WD"))
