"""The notice of a year's holidays, read from CSV or JSON; strict, and every mistake is told with its place."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from worktime.calendar import SATURDAY, Calendar

ONE_DAY = timedelta(days=1)
LARGEST = 64 * 1024  # bytes
YEAR = re.compile(r"[0-9]{4}")
DAYS = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:/([0-9]{4}-[0-9]{2}-[0-9]{2}))?")
COLUMNS = ["year", "days", "kind"]
KINDS = ("off", "on")
FORM = "写作 2027-10-09，连续几天写作 2027-10-01/2027-10-07"


class NoticeInvalid(ValueError):
    """A notice cannot be used; ``problems`` are Chinese sentences, each naming its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("放假安排不能使用:\n" + "\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice announces for ``year``: days without and with work, also in the December before.

    ``off`` holds weekdays only: a weekend without work is nothing new. ``on`` holds weekend days only.
    """

    year: int
    off: frozenset[date]
    on: frozenset[date]

    def as_json(self) -> dict[str, Any]:
        """The members of the JSON form, one day each."""
        return {"year": self.year, "off": sorted(map(str, self.off)), "on": sorted(map(str, self.on))}


def with_notice(calendar: Calendar, notice: Notice) -> Calendar:
    """The calendar with the year announced, or announced anew: what it said of the year before does not count.

    Raises ``NoticeInvalid`` when a new year lacks a holiday of fixed date: such a notice was copied incompletely.
    """
    if notice.year not in calendar.published:
        fixed = {date(notice.year, month, day) for month, day in calendar.statutory}
        missing = sorted(day for day in fixed - notice.off if day.weekday() < SATURDAY)
        if missing:
            raise NoticeInvalid([f"{notice.year} 年的安排没有包括法定节假日 {'、'.join(map(str, missing))}"])
    kept_off = {day for day in calendar.off if day.year != notice.year} - notice.on
    kept_on = {day for day in calendar.on if day.year != notice.year} - notice.off
    december = {day for day in notice.on | notice.off if day.year != notice.year}
    if december and notice.year - 1 not in calendar.published:
        raise NoticeInvalid([f"安排改动了 {min(december)}，而 {notice.year - 1} 年还没有公布，请先导入那一年"])
    return replace(
        calendar,
        published=calendar.published | {notice.year},
        off=frozenset(kept_off | notice.off),
        on=frozenset(kept_on | notice.on),
    )


def with_notices(calendar: Calendar, notices: Iterable[Notice]) -> Calendar:
    """The calendar with several years announced, in their order: a year's notice may change the December before."""
    for notice in sorted(notices, key=lambda each: each.year):
        calendar = with_notice(calendar, notice)
    return calendar


def read_csv(content: bytes) -> Notice:
    """A notice of the columns ``year,days,kind``; ``kind`` is off or on. Raises ``NoticeInvalid``."""
    rows = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    entries: list[_Entry] = []
    problems: list[str] = []
    years: list[str] = []
    try:
        if next(rows, None) != COLUMNS:
            raise NoticeInvalid([f"第 1 行: 表头要是 {','.join(COLUMNS)}"])
        for row in rows:
            place = f"第 {rows.line_num} 行"
            if len(row) != len(COLUMNS):
                problems.append(f"{place}: 要有 {len(COLUMNS)} 列，现在是 {len(row)} 列")
                continue
            year, days, kind = row
            years.append(year)
            if year != years[0]:
                problems.append(f"{place}: 年份 {year[:20]} 与前面的 {years[0][:20]} 不同；一个文件是一年的安排")
            entries.append(_Entry(place, days, kind))
    except csv.Error as error:
        raise NoticeInvalid([f"第 {rows.line_num} 行: 不是 CSV: {error}"]) from error
    if not entries:
        raise NoticeInvalid([*problems, "文件里没有任何一天"])
    if not YEAR.fullmatch(years[0]):
        raise NoticeInvalid([f"第 2 行: 年份要是四位数字，现在是“{years[0][:20]}”"])
    return _notice(int(years[0]), entries, problems)


def read_json(content: bytes) -> Notice:
    """A notice of the members ``year``, ``off`` and ``on``. Raises ``NoticeInvalid``."""
    text = _text(content)
    try:
        table = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise NoticeInvalid([f"第 {error.lineno} 行第 {error.colno} 列: 不是 JSON"]) from error
    except RecursionError as error:
        raise NoticeInvalid(["嵌套太深，不是放假安排"]) from error
    if not isinstance(table, dict) or set(table) != {"year", *KINDS}:
        raise NoticeInvalid(["要是一个对象，恰好有 year、off、on 三项"])
    year = table["year"]
    if type(year) is not int or not 1000 <= year <= 9999:
        raise NoticeInvalid([f"{_line(text, 'year')}year: 要是四位整数"])
    entries = []
    for kind in KINDS:
        if not isinstance(table[kind], list) or not all(isinstance(days, str) for days in table[kind]):
            raise NoticeInvalid([f"{_line(text, kind)}{kind}: 要是日期的列表；{FORM}"])
        entries += [
            _Entry(f"{_line(text, days)}{kind} 的第 {number} 项", days, kind)
            for number, days in enumerate(table[kind], 1)
        ]
    return _notice(year, entries, [])


@dataclass(frozen=True, slots=True)
class _Entry:
    place: str
    days: str
    kind: str


def _notice(year: int, entries: Iterable[_Entry], problems: list[str]) -> Notice:
    found: dict[date, str] = {}
    kinds: dict[str, set[date]] = {kind: set() for kind in KINDS}
    for entry in entries:
        try:
            days = _days(year, entry)
            twice = [day for day in days if day in found]
            if twice:
                raise ValueError(f"{twice[0]} 已经写在{found[twice[0]]}")
        except ValueError as error:
            problems.append(f"{entry.place}: {error}")
            continue
        found |= dict.fromkeys(days, entry.place)
        kinds[entry.kind] |= set(days)
    if problems:
        raise NoticeInvalid(problems)
    weekdays = frozenset(day for day in kinds["off"] if day.weekday() < SATURDAY)
    return Notice(year, weekdays, frozenset(kinds["on"]))


def _days(year: int, entry: _Entry) -> Sequence[date]:
    """The days of an entry; raises ``ValueError`` with the reason in Chinese."""
    if entry.kind not in KINDS:
        raise ValueError(f"kind 要是 off (放假) 或 on (上班)，现在是“{entry.kind[:20]}”")
    match = DAYS.fullmatch(entry.days)
    if match is None:
        raise ValueError(f"“{entry.days[:40]}”不是日期；{FORM}")
    first, last = _date(match[1]), _date(match[2] or match[1])
    if last < first:
        raise ValueError(f"{first} 在 {last} 之后")
    if not (date(year - 1, 12, 1) <= first and last <= date(year, 12, 31)):
        raise ValueError(f"{entry.days} 不在 {year} 年，也不在它之前的十二月")
    days = [first + ONE_DAY * number for number in range((last - first).days + 1)]
    weekday = next((day for day in days if entry.kind == "on" and day.weekday() < SATURDAY), None)
    if weekday is not None:
        raise ValueError(f"{weekday} 是周一至周五，本来就上班；on 只写调休上班的周六、周日")
    return days


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"没有 {text} 这一天") from error


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise NoticeInvalid([f"文件有 {len(content)} 字节，放假安排不超过 {LARGEST} 字节"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NoticeInvalid([f"第 {line} 行: 不是 UTF-8 文字"]) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise NoticeInvalid(["同一个名称写了两次"])
    return table


def _line(text: str, value: str) -> str:
    """Where the text stands, when it stands there once and as it is."""
    token = json.dumps(value, ensure_ascii=False)
    if text.count(token) != 1:
        return ""
    return f"第 {text.count(chr(10), 0, text.index(token)) + 1} 行，"
