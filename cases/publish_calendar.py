"""Publish the days off and the make-up days of a year: the next version of the calendar."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from accounts.actor import Actor
from accounts.models import Region
from audit.record import record
from errors import Conflict, Invalid, NotAllowed, NotFound
from processes.calendars import calendar_at, know_version, known_version, latest_notices, next_version
from processes.models import CalendarNotice
from worktime import Notice, NoticeInvalid, national_calendar, read_csv, read_json

READ = {"csv": read_csv, "json": read_json}


def read_notice(form: str, content: str) -> Notice:
    """The notice of a text in the form ``csv`` or ``json``; raises ``Invalid`` with every mistake and its place."""
    try:
        return READ[form](content.encode("utf-8"))
    except NoticeInvalid as invalid:
        raise Invalid("notice_invalid", str(invalid), field="content") from invalid


def publish_calendar(
    session: Session,
    actor: Actor | None,
    notice: Notice,
    *,
    region_code: str | None,
    source: str,
    now: datetime,
    seen_version: int | None = None,
) -> CalendarNotice:
    """Put a notice in force for a region with all below, or for every region (``region_code`` None).

    Limits that run are computed anew by the workers; ``fire_due`` waits for that. ``seen_version`` is the version that
    the caller's preview was made with. Raises ``NotAllowed``, ``NotFound`` (region), ``Invalid``, ``Conflict``
    (published alike already, another version came between).
    """
    codes = check_publisher(session, actor, region_code)
    version = next_version(session)
    know_version(session, version - 1)
    if seen_version is not None and seen_version != version - 1:
        raise Conflict("calendar_changed", "预览之后又有新的放假安排公布，请重新预览再公布。", field="seen_version")
    before = standing(session, codes, notice.year, region_code)
    days = {name: value for name, value in notice.as_json().items() if name != "year"}
    if before is not None and before.days == days:
        raise Conflict(
            "notice_unchanged", f"{notice.year} 年的安排已经这样公布（版本 {before.version}），不需要再次公布。"
        )
    check_notice(session, codes, region_code, notice)
    row = CalendarNotice(
        version=version,
        region_code=region_code,
        year=notice.year,
        days=days,
        source=source,
        published_by=actor.user_id if actor else None,
        published_at=now,
    )
    after = {"region": region_code, "year": notice.year, "version": version, "source": source, **days}
    kept = None if before is None else {"version": before.version, **before.days}
    record(session, row, actor=actor, action="calendar.publish", recorded_at=now, before=kept, after=after)
    return row


def check_publisher(session: Session, actor: Actor | None, region_code: str | None) -> list[str]:
    """Whether the actor may publish for the region; its code with those above, or nothing for every region."""
    if actor is not None and not actor.sees("calendar.write", region_code=region_code):
        where = "全国的放假安排由系统管理员公布" if region_code is None else "这个地区不在您的范围内"
        raise NotAllowed("calendar_out_of_scope", f"{where}，请改为公布本地区的安排。", field="region_code")
    return regions_above(session, region_code)


def regions_above(session: Session, region_code: str | None) -> list[str]:
    """The region and those above it; raises ``NotFound``."""
    codes: list[str] = []
    while region_code is not None:
        region = session.get(Region, region_code)
        if region is None:
            raise NotFound("region_not_found", f"没有代码为 {region_code} 的地区。", field="region_code")
        codes.append(region.code)
        region_code = region.parent_code
    return codes


def standing(session: Session, codes: list[str], year: int, region_code: str | None) -> CalendarNotice | None:
    """The notice that now counts for a year at exactly this region, or for every region."""
    found = latest_notices(codes).where(CalendarNotice.year == year)
    return next((row for row in session.scalars(found) if row.region_code == region_code), None)


def check_notice(session: Session, codes: list[str], region_code: str | None, notice: Notice) -> None:
    """Raise ``Invalid`` unless the notice can follow what is announced already."""
    try:
        calendar_at(session, codes, national_calendar(), known_version(session), (region_code, notice))
    except NoticeInvalid as invalid:
        raise Invalid("notice_invalid", str(invalid), field="content") from invalid
