"""The calendar of a region as it was announced last: what the software knows, with the notices of the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, func, or_, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from database.session import known_in
from processes.models import CalendarNotice
from processes.release import RegionEntry
from worktime import Calendar, Notice, with_notices

VERSION = "calendar version"
LOCK = text("SELECT pg_advisory_xact_lock(hashtext('calendar_notices'))")
LATEST = select(func.coalesce(func.max(CalendarNotice.version), 0))


def known_version(session: Session) -> int:
    """The version of the calendars in this transaction; asked of the database once."""
    known = known_in(session)
    if VERSION not in known:
        known[VERSION] = session.scalar(LATEST) or 0
    return int(known[VERSION])


def know_version(session: Session, version: int) -> None:
    """Take the version that a command has read together with its instance."""
    known_in(session)[VERSION] = version


def next_version(session: Session) -> int:
    """The version of a notice that is published in this transaction; others wait, so that versions come in order."""
    session.execute(LOCK)
    return (session.scalar(LATEST) or 0) + 1


Announced = tuple[str | None, Notice]
"""A notice with the region that it is for; None: all of them."""


def calendar_at(
    session: Session, codes: Sequence[str], calendar: Calendar, version: int, draft: Announced | None = None
) -> Calendar:
    """The ``calendar`` of a pack with the notices up to ``version`` for its region and those above (``codes``).

    The State Council's come first, then the region's from the top down: the nearest has the last word on a year.
    ``draft`` is one that is not published yet. Raises ``NoticeInvalid``.
    """
    rows = session.scalars(latest_notices(codes).where(CalendarNotice.version <= version))
    notices = {(row.region_code, row.year): notice_of(row) for row in rows}
    if draft is not None:
        notices[draft[0], draft[1].year] = draft[1]
    for level in (None, *reversed(codes)):
        calendar = with_notices(calendar, [notice for (code, _), notice in notices.items() if code == level])
    return calendar


def latest_notices(codes: Sequence[str]) -> Select[CalendarNotice]:
    """Of each year the latest notice of the State Council and of each of the regions."""
    columns = (CalendarNotice.region_code, CalendarNotice.year)
    return (
        select(CalendarNotice)
        .ext(distinct_on(*columns))
        .where(or_(CalendarNotice.region_code.is_(None), CalendarNotice.region_code.in_(codes)))
        .order_by(*columns, CalendarNotice.version.desc())
    )


def above(region: RegionEntry) -> list[str]:
    """The code of the region, then of those above it."""
    return [region.code, *(above(region.parent) if region.parent else ())]


def notice_of(row: CalendarNotice) -> Notice:
    """The notice that a row keeps."""
    return Notice(row.year, _days(row.days["off"]), _days(row.days["on"]))


def _days(texts: list[str]) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, texts))
