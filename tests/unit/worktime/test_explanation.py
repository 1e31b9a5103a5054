"""Why a limit is due when it is."""

from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from worktime import (
    Cause,
    ClockStands,
    DayKind,
    Due,
    Hold,
    Limit,
    Rules,
    Unit,
    consumed,
    due,
    explain,
    lines,
    national_calendar,
    parse_limit,
)

CALENDAR = national_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CALENDAR.zone)


def test_the_days_of_a_holiday_and_its_make_up_day_are_told_as_ranges() -> None:
    assert lines(explain(CALENDAR, at("2026-09-29T15:00"), parse_limit("5WD"))) == (
        "期限 5 个工作日，自 2026年9月29日（周二） 15:00 开始。",
        "从 2026年9月30日（周三） 起计算。",
        "2026年9月29日（周二）：工作日，期限开始的当日不计入。",
        "2026年9月30日（周三）：工作日，计 1 个工作日。",
        "2026年10月1日（周四）至2026年10月7日（周三）：法定节假日，不计入。",
        "2026年10月8日（周四）至2026年10月9日（周五）：工作日，计 2 个工作日。",
        "2026年10月10日（周六）：调休上班，计 1 个工作日。",
        "2026年10月11日（周日）：休息日，不计入。",
        "2026年10月12日（周一）：工作日，计 1 个工作日。",
        "到期时刻：2026年10月12日（周一） 17:30。",
    )


def test_a_hold_is_told_with_the_parts_of_days_that_it_leaves() -> None:
    hold = Hold(at("2026-11-17T10:30"), at("2026-11-25T09:30"))
    assert lines(explain(CALENDAR, at("2026-11-16T09:00"), parse_limit("3WD"), [hold]))[1:] == (
        "从 2026年11月17日（周二） 起计算。",
        "2026年11月16日（周一）：工作日，期限开始的当日不计入。",
        "2026年11月17日（周二）：工作日，部分时间计入，计 1/4 个工作日。",
        "2026年11月18日（周三）至2026年11月20日（周五）：工作日，挂起，不计入。",
        "2026年11月21日（周六）至2026年11月22日（周日）：休息日，不计入。",
        "2026年11月23日（周一）至2026年11月24日（周二）：工作日，挂起，不计入。",
        "2026年11月25日（周三）：工作日，部分时间计入，计 7/8 个工作日。",
        "2026年11月26日（周四）：工作日，计 1 个工作日。",
        "2026年11月27日（周五）：工作日，部分时间计入，计 7/8 个工作日。",
        "2026年11月17日（周二） 10:30 至 2026年11月25日（周三） 09:30 挂起，期间不计时。",
        "到期时刻：2026年11月27日（周五） 16:30。",
    )


def test_a_clock_that_stands_tells_what_is_used_and_what_is_left() -> None:
    told = explain(CALENDAR, at("2026-11-16T09:00"), parse_limit("3WD"), [Hold(at("2026-11-18T10:30"))])
    assert told.due is None
    assert lines(told)[-2:] == (
        "2026年11月18日（周三） 10:30 起挂起，尚未解除，期间不计时。",
        "时钟停着：已用 1 又 1/4，还剩 1 又 3/4 个工作日。",
    )


def test_a_limit_held_before_it_counts_has_no_first_day() -> None:
    told = explain(CALENDAR, at("2026-11-16T09:00"), parse_limit("3WD"), [Hold(at("2026-11-16T15:00"))])
    assert (told.first_counted, told.worth, told.due) == (None, Fraction(0), None)
    assert [run.cause for run in told.runs] == [Cause.START]


def test_midnight_is_the_end_of_the_day_that_it_ends() -> None:
    told = lines(explain(CALENDAR, at("2026-11-18T15:00"), parse_limit("3ND")))
    assert told[-2:] == (
        "2026年11月21日（周六）：休息日，计 1 个自然日。",
        "到期时刻：2026年11月21日（周六） 24:00。",
    )


def test_a_due_that_the_pack_moves_says_so() -> None:
    rolled = explain(CALENDAR, at("2026-09-30T09:00"), parse_limit("5ND"), rules=Rules(roll_over=True))
    assert lines(rolled)[-2:] == (
        "2026年10月5日（周一） 24:00 用完；最后一日不上班，按本地规定顺延到下一个工作日。",
        "到期时刻：2026年10月8日（周四） 24:00。",
    )
    hold = Hold(at("2026-11-17T10:30"), at("2026-11-25T09:30"))
    closed = explain(CALENDAR, at("2026-11-16T09:00"), parse_limit("3WD"), [hold], Rules(end_of_day=True))
    assert lines(closed)[-2] == "2026年11月27日（周五） 16:30 用完；按本地规定延至当日结束。"


def test_a_provisional_due_and_local_days_say_so() -> None:
    local = CALENDAR.with_overrides({date(2027, 1, 5): (), date(2027, 1, 9): ((time(9), time(12)),)})
    told = explain(local, at("2027-01-04T09:00"), parse_limit("4WD"))
    kinds = [run.kind for run in told.runs]
    assert kinds == [DayKind.WORKDAY, DayKind.LOCAL_OFF, DayKind.WORKDAY, DayKind.LOCAL_WORK]
    assert lines(told)[-2] == "到期时刻：2027年1月9日（周六） 12:00。"
    assert "暂定" in lines(told)[-1]


def test_hours_are_told_from_the_first_day_on() -> None:
    told = explain(CALENDAR, at("2026-11-20T18:00"), parse_limit("1WH"))
    assert [(run.cause, run.worth) for run in told.runs] == [
        (Cause.OUTSIDE, Fraction(0)),
        (None, Fraction(0)),
        (None, Fraction(1)),
    ]
    assert told.first_counted == date(2026, 11, 23)


def test_a_part_that_no_fraction_makes_clear_is_told_about() -> None:
    hold = Hold(at("2026-11-17T10:30:00.123457"), at("2026-11-18T09:00"))
    told = lines(explain(CALENDAR, at("2026-11-16T09:00"), parse_limit("1WD"), [hold]))
    assert "约 0.2500" in told[3]
    assert told[-1].endswith("15:59:59.876543。")


instants = st.datetimes(datetime(2025, 12, 1), datetime(2027, 3, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=CALENDAR.zone)
)
limits = st.builds(Limit, st.integers(1, 30), st.sampled_from(Unit))


def as_hold(case: tuple[datetime, timedelta | None]) -> Hold:
    start, length = case
    return Hold(start, None if length is None else start + length)


lengths = st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=15)))
holds = st.lists(st.tuples(instants, lengths).map(as_hold), max_size=3)
rules = st.builds(Rules, st.booleans(), st.booleans(), st.booleans())


@settings(deadline=None)
@given(instants, limits, holds, rules)
def test_the_explanation_is_exact(start: datetime, limit: Limit, holds: list[Hold], rules: Rules) -> None:
    told = explain(CALENDAR, start, limit, holds, rules)
    assert told.due == due_or_none(start, limit, holds, rules)
    days = [(run.first, run.last) for run in told.runs]
    assert days[0][0] == start.date()
    assert all(following[0] == before[1] + timedelta(days=1) for before, following in pairwise(days))
    if told.consumed_at is None:
        assert told.worth == consumed(CALENDAR, start, limit.unit, max(hold.start for hold in holds), holds, rules)
        assert told.worth < limit.amount
    else:
        assert told.worth == consumed(CALENDAR, start, limit.unit, told.consumed_at, holds, rules)
        # the later of two microseconds, on the shortest day of 7.5 hours
        assert 0 <= told.worth - limit.amount < Fraction(1, 7 * 3600 * 10**6)
    assert lines(told)


def due_or_none(start: datetime, limit: Limit, holds: list[Hold], rules: Rules) -> Due | None:
    try:
        return due(CALENDAR, start, limit, holds, rules)
    except ClockStands:
        return None


@settings(deadline=None)
@given(instants, limits, holds)
def test_each_range_is_worth_what_is_consumed_in_it(start: datetime, limit: Limit, holds: list[Hold]) -> None:
    told = explain(CALENDAR, start, limit, holds)
    for run in told.runs[:-1]:
        before, after = (
            consumed(CALENDAR, start, limit.unit, CALENDAR.at(day, time()), holds)
            for day in (run.first, run.last + timedelta(days=1))
        )
        assert run.worth == after - before
