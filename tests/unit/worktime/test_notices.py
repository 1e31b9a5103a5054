"""Importing a year's notice, and what it moves."""

import json
from datetime import date, datetime
from fractions import Fraction

import pytest

from worktime import (
    Hold,
    Light,
    Move,
    Notice,
    NoticeInvalid,
    Rules,
    Running,
    Threshold,
    light,
    moves,
    national_calendar,
    parse_limit,
    read_csv,
    read_json,
    with_notice,
    with_notices,
)

CALENDAR = national_calendar()
# An invented notice of the usual form: 2027-02-06 is a Saturday, New Year's Eve falls on 5 February.
CSV = """year,days,kind
2027,2027-01-01/2027-01-03,off
2027,2026-12-27,on
2027,2027-02-05/2027-02-11,off
2027,2027-02-13,on
2027,2027-05-01/2027-05-05,off
2027,2027-10-01/2027-10-07,off
2027,2027-10-09,on
"""
JSON = json.dumps(
    {
        "year": 2027,
        "off": ["2027-01-01/2027-01-03", "2027-02-05/2027-02-11", "2027-05-01/2027-05-05", "2027-10-01/2027-10-07"],
        "on": ["2026-12-27", "2027-02-13", "2027-10-09"],
    },
    indent=1,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CALENDAR.zone)


def test_both_forms_say_the_same_and_a_notice_can_be_kept_as_json() -> None:
    notice = read_csv(CSV.encode())
    assert read_json(JSON.encode()) == notice
    assert read_json(json.dumps(notice.as_json()).encode()) == notice
    assert read_csv(b"\xef\xbb\xbf" + CSV.replace("\n", "\r\n").encode()) == notice
    assert date(2027, 1, 2) not in notice.off  # a Saturday is off anyway
    assert date(2026, 12, 27) in notice.on


def test_an_announced_year_is_no_longer_provisional() -> None:
    calendar = with_notice(CALENDAR, read_csv(CSV.encode()))
    assert calendar.provisional_years(2026, 2028) == (2028,)
    assert calendar.digest != CALENDAR.digest
    days = ("2026-12-27", "2027-01-01", "2027-02-05", "2027-02-12", "2027-02-13", "2027-10-09")
    assert [calendar.is_working(date.fromisoformat(day)) for day in days] == [True, False, False, True, True, True]
    assert not CALENDAR.is_working(date(2026, 12, 27))


def test_a_year_announced_anew_keeps_nothing_of_the_first_notice() -> None:
    first = read_csv(CSV.encode())
    second = Notice(2027, first.off - {date(2027, 2, 5)}, first.on - {date(2027, 2, 13)})
    calendar = with_notice(with_notice(CALENDAR, first), second)
    assert calendar == with_notice(CALENDAR, second)


def test_years_are_announced_in_their_order() -> None:
    off = frozenset({date(2028, 5, 1), date(2028, 5, 2), date(2028, 10, 2), date(2028, 10, 3)})
    later = Notice(2028, off, frozenset({date(2027, 12, 26)}))
    calendar = with_notices(CALENDAR, [later, read_csv(CSV.encode())])
    assert calendar.is_working(date(2027, 12, 26))
    with pytest.raises(NoticeInvalid, match="2027 年还没有公布"):
        with_notice(CALENDAR, later)


def test_a_notice_without_the_holidays_of_fixed_date_is_refused() -> None:
    with pytest.raises(NoticeInvalid, match="没有包括法定节假日 2027-10-01"):
        with_notice(CALENDAR, read_csv(CSV.replace("2027,2027-10-01/2027-10-07,off\n", "").encode()))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2027,2027-02-30,off", "第 9 行: 没有 2027-02-30 这一天"),
        ("2027,2027-2-3,off", "第 9 行: “2027-2-3”不是日期；写作 2027-10-09"),
        ("2027,2027-03-05,free", "第 9 行: kind 要是 off"),
        ("2027,2027-03-05,on", "第 9 行: 2027-03-05 是周一至周五"),
        ("2027,2027-10-09,off", "第 9 行: 2027-10-09 已经写在第 8 行"),
        ("2027,2027-04-05/2027-04-03,off", "第 9 行: 2027-04-05 在 2027-04-03 之后"),
        ("2027,2028-01-03,off", "第 9 行: 2028-01-03 不在 2027 年"),
        ("2026,2026-12-26,on", "第 9 行: 年份 2026 与前面的 2027 不同"),
        ("2027,2027-03-05", "第 9 行: 要有 3 列，现在是 2 列"),
        ('2027,"2027-03-05"x,off', "第 9 行: 不是 CSV"),
    ],
)
def test_a_mistake_in_a_table_is_told_with_its_line(row: str, problem: str) -> None:
    with pytest.raises(NoticeInvalid, match="放假安排不能使用") as told:
        read_csv((CSV + row + "\n").encode())
    assert [text for text in told.value.problems if text.startswith(problem)]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "第 1 行: 表头要是 year,days,kind"),
        (b"year,days,kind\n", "文件里没有任何一天"),
        (b"year,days,kind\n27,2027-01-01,off\n", "第 2 行: 年份要是四位数字"),
        (b"year,days,kind\n2027,\xff,off\n", "第 2 行: 不是 UTF-8 文字"),
        (b"x" * 70_000, "文件有 70000 字节"),
    ],
    ids=["empty", "no days", "short year", "not UTF-8", "too large"],
)
def test_a_table_that_is_none_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(NoticeInvalid) as told:
        read_csv(content)
    assert told.value.problems[0].startswith(problem)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(NoticeInvalid) as told:
        read_csv((CSV + "2027,2027-02-30,off\n2027,x,on\n").encode())
    assert [text[:5] for text in told.value.problems] == ["第 9 行", "第 10 "]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('{"year": 2027,\n "off": [}', "第 2 行第 10 列: 不是 JSON"),
        ("[]", "要是一个对象"),
        ('{"year": 2027, "off": []}', "要是一个对象，恰好有 year、off、on 三项"),
        ('{"year": 2027, "off": [], "on": [], "on": []}', "同一个名称写了两次"),
        ('{\n"year": "2027", "off": [], "on": []}', "第 2 行，year: 要是四位整数"),
        ('{"year": true, "off": [], "on": []}', "第 1 行，year: 要是四位整数"),
        ('{"year": 2027, "off": [5], "on": []}', "第 1 行，off: 要是日期的列表"),
        ('{"year": 2027,\n"off": [],\n"on": [\n"2027-03-05"]}', "第 4 行，on 的第 1 项: 2027-03-05 是周一至周五"),
        ("[" * 60_000, "嵌套太深"),
    ],
    ids=["broken", "list", "no on", "on twice", "year as text", "year as truth", "number", "weekday", "too deep"],
)
def test_a_mistake_in_json_is_told_with_its_place(content: str, problem: str) -> None:
    with pytest.raises(NoticeInvalid) as told:
        read_json(content.encode())
    assert told.value.problems[0].startswith(problem)


def test_the_preview_lists_the_limits_that_a_notice_moves_and_no_others() -> None:
    calendar = with_notice(CALENDAR, read_csv(CSV.encode()))
    running = [
        Running("before", at("2026-11-18T09:00"), parse_limit("5WD")),
        Running("make-up day", at("2026-12-25T09:00"), parse_limit("2WD")),
        Running("only certain now", at("2026-12-29T09:00"), parse_limit("3WD")),
        Running("spring", at("2027-02-02T09:00"), parse_limit("5WD")),
        Running("natural", at("2027-02-02T09:00"), parse_limit("5ND")),
        Running("rolls over", at("2027-02-02T09:00"), parse_limit("5ND"), rules=Rules(roll_over=True)),
        Running("stands", at("2027-02-02T09:00"), parse_limit("5WD"), (Hold(at("2027-02-03T09:00")),)),
    ]
    moved = {move.key: move for move in moves(CALENDAR, calendar, running)}
    dues = {key: (f"{move.before.at:%m-%d %H:%M}", f"{move.after.at:%m-%d %H:%M}") for key, move in moved.items()}
    assert dues == {
        "make-up day": ("12-29 17:30", "12-28 17:30"),
        "only certain now": ("01-04 17:30", "01-04 17:30"),
        "spring": ("02-09 17:30", "02-15 17:30"),
        "rolls over": ("02-09 00:00", "02-13 00:00"),
    }
    assert [moved["spring"].before.provisional, moved["spring"].after.provisional] == [True, False]
    assert isinstance(moved["spring"], Move)


def test_a_light_may_turn_red_once_its_year_is_announced() -> None:
    start, limit, now = at("2026-12-29T09:00"), parse_limit("3WD"), at("2027-02-01T09:00")
    threshold = Threshold(Fraction(1))
    assert light(CALENDAR, start, limit, now, threshold) is Light.YELLOW
    assert light(with_notice(CALENDAR, read_csv(CSV.encode())), start, limit, now, threshold) is Light.RED
