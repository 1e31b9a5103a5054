"""The calendar of a region and the notices behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from accounts.models import User
from cases.publish_calendar import regions_above
from cases.releases import releases_of
from processes.calendars import calendar_at, known_version, latest_notices
from processes.install import in_force
from processes.models import CalendarNotice
from worktime import Calendar, national_calendar


@dataclass(frozen=True, slots=True)
class RegionCalendar:
    """The calendar of a region; ``notices`` are those in force by year, years that the software knows have none."""

    version: int
    calendar: Calendar
    notices: Mapping[int, CalendarNotice]


def calendar_of_region(session: Session, region_code: str) -> RegionCalendar:
    """The calendar by which limits of the region are counted now; raises ``NotFound`` for an unknown region.

    Without a release of its own the region has the national days and the usual office hours.
    """
    codes, version = regions_above(session, region_code), known_version(session)
    if in_force(session, region_code) is not None:
        calendar = releases_of(session).current(session, region_code).calendar
    else:
        calendar = calendar_at(session, codes, national_calendar(), version)
    nearest = [*codes, None]
    notices: dict[int, CalendarNotice] = {}
    for row in sorted(session.scalars(latest_notices(codes)), key=lambda row: -nearest.index(row.region_code)):
        notices[row.year] = row
    return RegionCalendar(version, calendar, notices)


def notices(region_code: str | None = None, year: int | None = None) -> Select[*tuple[Any, ...]]:
    """Rows (CalendarNotice, name of who published it), every version; order (version)."""
    statement = select(CalendarNotice, User.display_name.label("published_by_name")).outerjoin(
        User, User.id == CalendarNotice.published_by
    )
    if region_code is not None:
        statement = statement.where(
            or_(CalendarNotice.region_code == region_code, CalendarNotice.region_code.is_(None))
        )
    return statement if year is None else statement.where(CalendarNotice.year == year)
