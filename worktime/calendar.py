"""A calendar: which days are working days, and at which hours."""

from __future__ import annotations

import hashlib
import json
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

Span = tuple[time, time]
Spans = tuple[Span, ...]

ZONE = ZoneInfo("Asia/Shanghai")
HOURS: Spans = ((time(8, 30), time(12, 0)), (time(13, 0), time(17, 30)))
CHINA = Path(__file__).with_name("china.toml")
SATURDAY = 5
DAY = timedelta(days=1)


class DayKind(StrEnum):
    """Why a day is worked or not."""

    WORKDAY = "workday"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    LOCAL_WORK = "local_work"
    LOCAL_OFF = "local_off"


@dataclass(frozen=True, slots=True)
class Season:
    """Other hours from ``first`` to ``last`` (month, day) of every year, both included; it may pass the year's end."""

    first: tuple[int, int]
    last: tuple[int, int]
    hours: Spans

    def includes(self, day: date) -> bool:
        """Whether the day lies in the season."""
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


@dataclass(frozen=True, eq=False)
class Calendar:
    """Working days and hours of one region.

    ``published`` are the years whose holidays the State Council has announced, ``off`` and ``on`` the weekdays without
    and the weekend days with work. ``statutory`` (month, day) are the holidays of fixed date that an unpublished year
    certainly has. The region adds to these national data: ``hours``, others in ``seasons`` (the first that includes a
    day), and in ``overrides`` the hours of single days, none for a day off. Equal content has an equal ``digest``.
    """

    published: frozenset[int]
    off: frozenset[date]
    on: frozenset[date]
    statutory: frozenset[tuple[int, int]]
    hours: Spans = HOURS
    overrides: Mapping[date, Spans] = field(default_factory=dict)
    zone: ZoneInfo = ZONE
    seasons: tuple[Season, ...] = ()

    def __post_init__(self) -> None:
        usual = (self.hours, *(season.hours for season in self.seasons))
        for spans in (*usual, *self.overrides.values()):
            edges = [edge for span in spans for edge in span]
            if edges != sorted(set(edges)):
                raise ValueError("工作时间要从早到晚、互不重叠")
        if not all(usual):
            raise ValueError("工作日要有工作时间")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """The version of the calendar: the SHA-256 of its content in hexadecimal."""
        content = [
            sorted(self.published),
            sorted(map(str, self.off)),
            sorted(map(str, self.on)),
            sorted(self.statutory),
            _texts(self.hours),
            [[season.first, season.last, _texts(season.hours)] for season in self.seasons],
            [[str(day), _texts(self.overrides[day])] for day in sorted(self.overrides)],
            self.zone.key,
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def kind(self, day: date) -> DayKind:
        """Why the day is worked or not."""
        weekend = day.weekday() >= SATURDAY
        if day in self.overrides:
            return DayKind.LOCAL_WORK if self.overrides[day] else DayKind.LOCAL_OFF
        if self._works(day):
            return DayKind.MAKE_UP if weekend else DayKind.WORKDAY
        return DayKind.HOLIDAY if not weekend or self._is_in_holiday(day) else DayKind.WEEKEND

    def spans(self, day: date) -> Spans:
        """The hours worked on a day, in order; empty on a day off."""
        if day in self.overrides:
            return self.overrides[day]
        return self.usual(day) if self._works(day) else ()

    def usual(self, day: date) -> Spans:
        """The hours of the season, for any day that is worked."""
        return next((season.hours for season in self.seasons if season.includes(day)), self.hours)

    def is_working(self, day: date) -> bool:
        """Whether anybody works on that day."""
        return bool(self.spans(day))

    def is_announced(self, first: date, last: date) -> bool:
        """Whether the working days from ``first`` to ``last`` are announced, not guessed."""
        years = self._announced
        return bisect_right(years, last.year) - bisect_left(years, first.year) == last.year - first.year + 1

    def provisional_years(self, first: int, last: int) -> tuple[int, ...]:
        """The years from ``first`` to ``last`` whose days are guessed until a notice announces them."""
        return tuple(year for year in range(first, last + 1) if year not in self.published)

    def local(self, instant: datetime) -> datetime:
        """The instant on the clocks of the region; it must know its zone."""
        if instant.tzinfo is None:
            raise ValueError("时刻要带时区")
        return instant.astimezone(self.zone)

    def at(self, day: date, moment: time) -> datetime:
        """The instant at which the clocks of the region show ``moment`` of ``day``."""
        return datetime.combine(day, moment, self.zone)

    def with_hours(self, hours: Spans, seasons: tuple[Season, ...] = ()) -> Calendar:
        """The same days with other hours."""
        return replace(self, hours=hours, seasons=seasons)

    def with_overrides(self, overrides: Mapping[date, Spans]) -> Calendar:
        """The same calendar with the hours of single days changed."""
        return replace(self, overrides={**self.overrides, **overrides})

    @cached_property
    def _announced(self) -> tuple[int, ...]:
        return tuple(sorted(self.published))

    def _works(self, day: date) -> bool:
        """Whether the nation works on that day."""
        if day.year in self.published:
            return day in self.on or (day.weekday() < SATURDAY and day not in self.off)
        return day.weekday() < SATURDAY and (day.month, day.day) not in self.statutory

    def _is_in_holiday(self, day: date) -> bool:
        """Whether a weekend day without work is a fixed holiday itself, or has holidays on both sides."""
        friday = day - DAY * (day.weekday() - SATURDAY + 1)
        both = not self._works(friday) and not self._works(friday + 3 * DAY)
        return both or (day.month, day.day) in self.statutory


def _texts(spans: Spans) -> list[list[str]]:
    return [[opens.isoformat(), closes.isoformat()] for opens, closes in spans]


@cache
def national_calendar() -> Calendar:
    """The announced days of 2004 to 2026 with the usual office hours."""
    data = tomllib.loads(CHINA.read_text(encoding="utf-8"))
    statutory = frozenset((int(text[:2]), int(text[3:])) for text in data.pop("statutory"))
    return Calendar(
        published=frozenset(int(year) for year in data),
        off=frozenset(day for year in data.values() for day in year["off"]),
        on=frozenset(day for year in data.values() for day in year["on"]),
        statutory=statutory,
    )
