"""What holds of every limit, every start and every set of holds."""

from datetime import date, datetime, time, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from worktime import Calendar, Hold, Limit, Rules, Unit, consumed, due, due_after_hold, national_calendar

MICROSECOND = timedelta(microseconds=1)
CALENDAR = national_calendar().with_overrides(
    {date(2026, 3, 4): ((time(9), time(12)),), date(2026, 3, 5): (), date(2026, 3, 7): ((time(10), time(11, 30)),)}
)
FIRST, LAST = datetime(2025, 12, 1), datetime(2026, 6, 30)  # noqa: DTZ001

instants = st.datetimes(FIRST, LAST).map(lambda moment: moment.replace(tzinfo=CALENDAR.zone))
minutes = st.integers(0, 90 * 24 * 60).map(
    lambda number: datetime(2026, 2, 1, tzinfo=CALENDAR.zone) + timedelta(minutes=number)
)
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


def minute_by_minute(calendar: Calendar, start: datetime, unit: Unit, now: datetime, holds: list[Hold]) -> Fraction:
    """The same question answered the slow way: look at every minute."""
    total, moment, step = Fraction(0), start, timedelta(minutes=1)
    while moment < now:
        held = any(hold.start <= moment and hold.end is not None and moment < hold.end for hold in holds)
        counts = unit in (Unit.WORKING_HOURS, Unit.NATURAL_HOURS) or moment.date() > start.date()
        spans = calendar.spans(moment.date())
        open_now = any(opens <= moment.time() < closes for opens, closes in spans)
        if counts and not held:
            if unit is Unit.NATURAL_HOURS:
                total += Fraction(1, 60)
            elif unit is Unit.NATURAL_DAYS:
                total += Fraction(1, 24 * 60)
            elif open_now and unit is Unit.WORKING_HOURS:
                total += Fraction(1, 60)
            elif open_now:
                length = sum(
                    closes.hour * 60 + closes.minute - opens.hour * 60 - opens.minute for opens, closes in spans
                )
                total += Fraction(1, length)
        moment += step
    return total


@settings(max_examples=60, deadline=None)
@given(minutes, units, st.integers(0, 12 * 24 * 60), st.lists(st.tuples(minutes, minutes), max_size=3))
def test_counting_agrees_with_looking_at_every_minute(
    start: datetime, unit: Unit, length: int, pairs: list[tuple[datetime, datetime]]
) -> None:
    holds = [Hold(min(pair), max(pair)) for pair in pairs]
    now = start + timedelta(minutes=length)
    assert consumed(CALENDAR, start, unit, now, holds) == minute_by_minute(CALENDAR, start, unit, now, holds)
