"""A calendar: which days are working days, and at which hours."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

Span = tuple[time, time]
Spans = tuple[Span, ...]

ZONE = ZoneInfo("Asia/Shanghai")
HOURS: Spans = ((time(8, 30), time(12, 0)), (time(13, 0), time(17, 30)))
CHINA = Path(__file__).with_name("china.toml")
SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """Working days and hours of one region.

    ``published`` are the years whose holidays the State Council has announced, ``off`` and ``on`` the weekdays without
    and the weekend days with work. ``statutory`` (month, day) are the holidays of fixed date that an unpublished year
    certainly has. ``overrides`` gives the hours of single days, none for a day off.
    """

    published: frozenset[int]
    off: frozenset[date]
    on: frozenset[date]
    statutory: frozenset[tuple[int, int]]
    hours: Spans = HOURS
    overrides: Mapping[date, Spans] = field(default_factory=dict)
    zone: ZoneInfo = ZONE

    def __post_init__(self) -> None:
        for spans in (self.hours, *self.overrides.values()):
            edges = [edge for span in spans for edge in span]
            if edges != sorted(set(edges)):
                raise ValueError("工作时间要从早到晚、互不重叠")
        if not self.hours:
            raise ValueError("工作日要有工作时间")

    def spans(self, day: date) -> Spans:
        """The hours worked on a day, in order; empty on a day off."""
        if day in self.overrides:
            return self.overrides[day]
        if day.year in self.published:
            working = day in self.on or (day.weekday() < SATURDAY and day not in self.off)
        else:
            working = day.weekday() < SATURDAY and (day.month, day.day) not in self.statutory
        return self.hours if working else ()

    def is_working(self, day: date) -> bool:
        """Whether anybody works on that day."""
        return bool(self.spans(day))

    def is_announced(self, first: date, last: date) -> bool:
        """Whether the working days from ``first`` to ``last`` are announced, not guessed."""
        return all(year in self.published for year in range(first.year, last.year + 1))

    def local(self, instant: datetime) -> datetime:
        """The instant on the clocks of the region; it must know its zone."""
        if instant.tzinfo is None:
            raise ValueError("时刻要带时区")
        return instant.astimezone(self.zone)

    def at(self, day: date, moment: time) -> datetime:
        """The instant at which the clocks of the region show ``moment`` of ``day``."""
        return datetime.combine(day, moment, self.zone)

    def with_hours(self, hours: Spans) -> Calendar:
        """The same days with other hours."""
        return replace(self, hours=hours)

    def with_overrides(self, overrides: Mapping[date, Spans]) -> Calendar:
        """The same calendar with the hours of single days changed."""
        return replace(self, overrides={**self.overrides, **overrides})


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
