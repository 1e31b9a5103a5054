"""What holds of every limit, every start and every set of holds."""

from datetime import date, datetime, time, timedelta
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from worktime import Hold, Limit, Rules, Unit, consumed, due, due_after_hold, national_calendar

MICROSECOND = timedelta(microseconds=1)
CALENDAR = national_calendar().with_overrides(
    {date(2026, 3, 4): ((time(9), time(12)),), date(2026, 3, 5): (), date(2026, 3, 7): ((time(10), time(11, 30)),)}
)
FIRST, LAST = datetime(2025, 12, 1), datetime(2026, 6, 30)  # noqa: DTZ001

instants = st.datetimes(FIRST, LAST).map(lambda moment: moment.replace(tzinfo=CALENDAR.zone))
units = st.sampled_from(Unit)
limits = st.builds(Limit, st.integers(1, 30), units)
stretches = st.tuples(instants, instants).map(lambda pair: Hold(min(pair), max(pair)))
several = st.lists(stretches, max_size=4)
rules = st.builds(Rules, start_day_counts=st.booleans())


@given(instants, limits, several, rules)
def test_the_due_is_the_first_instant_at_which_the_limit_is_consumed(
    start: datetime, limit: Limit, holds: list[Hold], rules: Rules
) -> None:
    reached = due(CALENDAR, start, limit, holds, rules).at
    assert consumed(CALENDAR, start, limit.unit, reached, holds, rules) >= limit.amount
    assert consumed(CALENDAR, start, limit.unit, reached - MICROSECOND, holds, rules) < limit.amount


@given(instants, units, several, instants, instants)
def test_what_is_consumed_never_falls(
    start: datetime, unit: Unit, holds: list[Hold], one: datetime, other: datetime
) -> None:
    earlier, later = min(one, other), max(one, other)
    before, after = (consumed(CALENDAR, start, unit, when, holds) for when in (earlier, later))
    assert 0 <= before <= after
    # nothing runs faster than the fastest day, which lasts 1.5 hours
    assert after - before <= Fraction((later - earlier) / timedelta(hours=1)).limit_denominator() + 1


@given(instants, limits, several)
def test_overlapping_holds_count_once(start: datetime, limit: Limit, holds: list[Hold]) -> None:
    pieces = [Hold(hold.start, hold.start + (hold.end - hold.start) / 2) for hold in holds if hold.end]
    assert due(CALENDAR, start, limit, holds + pieces + holds) == due(CALENDAR, start, limit, holds)


@given(instants, limits, st.dates(FIRST.date(), LAST.date()))
def test_a_hold_outside_the_working_hours_changes_no_working_limit(start: datetime, limit: Limit, day: date) -> None:
    night = Hold(CALENDAR.at(day, time(17, 30)), CALENDAR.at(day + timedelta(days=1), time(8, 30)))
    unchanged = due(CALENDAR, start, limit, [night]) == due(CALENDAR, start, limit)
    assert unchanged or limit.unit in (Unit.NATURAL_DAYS, Unit.NATURAL_HOURS)


@given(instants, limits, stretches, rules)
def test_a_clock_that_was_kept_is_the_clock_that_is_recomputed(
    start: datetime, limit: Limit, hold: Hold, rules: Rules
) -> None:
    assert hold.end is not None
    used = consumed(CALENDAR, start, limit.unit, hold.start, (), rules)
    if used < limit.amount and hold.start >= start:
        kept = due_after_hold(CALENDAR, start, limit, used, hold.end, rules)
        assert kept == due(CALENDAR, start, limit, [hold], rules)


@given(instants, limits, stretches, st.integers(1, 20))
def test_extension_and_hold_commute(start: datetime, limit: Limit, hold: Hold, days: int) -> None:
    assert hold.end is not None
    longer = limit.extended(days)
    used = consumed(CALENDAR, start, limit.unit, hold.start)
    if used < limit.amount and hold.start >= start:
        held_then_extended = due_after_hold(CALENDAR, start, longer, used, hold.end)
        assert held_then_extended == due(CALENDAR, start, longer, [hold])


@given(instants, units, st.integers(1, 60), st.integers(1, 60))
def test_a_longer_limit_is_due_later(start: datetime, unit: Unit, amount: int, more: int) -> None:
    assert due(CALENDAR, start, Limit(amount, unit)).at < due(CALENDAR, start, Limit(amount + more, unit)).at


@given(instants, units, several, instants, instants)
def test_what_two_stretches_consume_is_what_both_together_consume(
    start: datetime, unit: Unit, holds: list[Hold], one: datetime, other: datetime
) -> None:
    counted = Rules(start_day_counts=True)
    middle, end = sorted((one, other))
    if start <= middle:
        first = consumed(CALENDAR, start, unit, middle, holds, counted)
        second = consumed(CALENDAR, middle, unit, end, holds, counted)
        assert first + second == consumed(CALENDAR, start, unit, end, holds, counted)


@given(instants, units, stretches, instants)
def test_a_hold_takes_away_what_is_consumed_in_it(start: datetime, unit: Unit, hold: Hold, now: datetime) -> None:
    assert hold.end is not None
    until = min(now, hold.end)
    inside = consumed(CALENDAR, start, unit, until) - consumed(CALENDAR, start, unit, min(hold.start, until))
    assert consumed(CALENDAR, start, unit, now, [hold]) == consumed(CALENDAR, start, unit, now) - inside


@given(instants, limits, several, instants, st.integers(0, 10**12), rules)
def test_a_hold_that_covers_no_time_changes_nothing(
    start: datetime, limit: Limit, holds: list[Hold], when: datetime, microseconds: int, rules: Rules
) -> None:
    without = due(CALENDAR, start, limit, holds, rules)
    assert due(CALENDAR, start, limit, [*holds, Hold(when, when)], rules) == without
    backwards = Hold(when, when - timedelta(microseconds=microseconds))
    assert due(CALENDAR, start, limit, [*holds, backwards], rules) == without


@given(instants, limits, stretches, instants, st.randoms(use_true_random=False))
def test_a_hold_lifted_and_set_again_at_once_is_one_hold(
    start: datetime, limit: Limit, hold: Hold, when: datetime, random: Random
) -> None:
    assert hold.end is not None
    between = min(max(when, hold.start), hold.end)
    parts = [Hold(hold.start, between), Hold(between, hold.end)]
    random.shuffle(parts)
    assert due(CALENDAR, start, limit, parts) == due(CALENDAR, start, limit, [hold])


@given(instants, limits, several, stretches)
def test_a_further_hold_never_brings_the_due_forward(
    start: datetime, limit: Limit, holds: list[Hold], more: Hold
) -> None:
    assert due(CALENDAR, start, limit, [*holds, more]).at >= due(CALENDAR, start, limit, holds).at
