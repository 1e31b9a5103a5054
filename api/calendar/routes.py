"""The working calendar: look at it, preview and publish a year's days off."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from accounts.actor import data_scope
from accounts.models import Region
from api.calendar.schemas import (
    CalendarAnswer,
    CalendarQuery,
    NoticeAnswer,
    NoticeInput,
    NoticePage,
    NoticeQuery,
    PreviewAnswer,
    PublicationInput,
)
from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from cases.preview_calendar import Moved, preview_calendar
from cases.publish_calendar import publish_calendar, read_notice
from cases.queries.calendars import RegionCalendar, calendar_of_region, notices
from errors import Invalid, NotFound
from processes.models import CalendarNotice
from worktime import Spans

resource = Resource("calendar", "工作日历")

MOST_YEARS = 30
ORDER = [SortKey(CalendarNotice.version, int, lambda row: row.CalendarNotice.version)]


@resource.operation("GET", "/calendar", CalendarAnswer, permission="region.read", query=CalendarQuery, refusals=(404,))
def read_calendar(call: Call) -> dict[str, Any]:
    """查看工作日历

    一个地区现在按它计算期限：各年放假与调休上班、工作时间、本地安排，哪些年份尚未公布。
    """
    code = call.query["region_code"]
    visible = select(Region.code).where(Region.code == code, data_scope(call.actor, "region.read", region=Region.code))
    if call.session.scalar(visible) is None:
        raise NotFound("region_not_found", "没有这个地区，或它不在您的范围内。")
    this_year = call.now().year
    first = call.query.get("first_year", this_year - 1)
    last = call.query.get("last_year", max(this_year + 2, first))
    if not first <= last < first + MOST_YEARS:
        raise Invalid("years_out_of_order", f"年份要从早到晚，一次最多 {MOST_YEARS} 年。", field="last_year")
    return _calendar(code, calendar_of_region(call.session, code), range(first, last + 1))


@resource.operation("GET", "/calendar-notices", NoticePage, permission="region.read", query=NoticeQuery)
def list_notices(call: Call) -> Page:
    """放假安排的公布记录

    每次公布是日历的一个版本，最近的在前；随平台自带的年份不在其中。
    """
    statement = notices(call.query.get("region_code"), call.query.get("year"))
    page = paginate(call.session, statement, ORDER, call.query, descending=True)
    return Page([_notice(row.CalendarNotice, row.published_by_name) for row in page.entries], page.next_cursor)


@resource.operation(
    "POST",
    "/calendar-notices/preview",
    PreviewAnswer,
    permission="calendar.write",
    body=NoticeInput,
    refusals=(404,),
    once=False,
)
def preview_notice(call: Call) -> dict[str, Any]:
    """预览放假安排

    公布之前看它会移动哪些正在计时的期限；什么也不改变。
    """
    notice = read_notice(call.body["format"], call.body["content"])
    found = preview_calendar(call.session, call.actor, notice, region_code=call.body["region_code"])
    counts = ("version", "running", "held", "moved", "later", "earlier", "confirmed")
    return {
        **_days(notice.as_json()),
        "year": notice.year,
        **{name: getattr(found, name) for name in counts},
        "moves": [_move(moved) for moved in found.shown],
    }


@resource.operation(
    "POST",
    "/calendar-notices",
    NoticeAnswer,
    status=201,
    permission="calendar.write",
    body=PublicationInput,
    refusals=(404, 409),
)
def publish_notice(call: Call) -> dict[str, Any]:
    """公布放假安排

    即刻成为日历的新版本；正在计时的期限随后重新计算并留下前后记录，已办结的不变。
    """
    body = call.body
    row = publish_calendar(
        call.session,
        call.actor,
        read_notice(body["format"], body["content"]),
        region_code=body["region_code"],
        source=body["source"],
        now=call.now(),
        seen_version=body.get("seen_version"),
    )
    return _notice(row, call.actor.display_name)


def _calendar(code: str, found: RegionCalendar, years: range) -> dict[str, Any]:
    calendar = found.calendar
    return {
        "region_code": code,
        "version": found.version,
        "digest": calendar.digest,
        "hours": _hours(calendar.hours),
        "seasons": [
            {
                "first": "{:02}-{:02}".format(*season.first),
                "last": "{:02}-{:02}".format(*season.last),
                "hours": _hours(season.hours),
            }
            for season in calendar.seasons
        ],
        "local_days": [{"day": day, "hours": _hours(calendar.overrides[day])} for day in sorted(calendar.overrides)],
        "years": [_year(found, year) for year in years],
        "provisional_years": calendar.provisional_years(years[0], years[-1]),
    }


def _year(found: RegionCalendar, year: int) -> dict[str, Any]:
    notice = found.notices.get(year)
    return {
        "year": year,
        "provisional": year not in found.calendar.published,
        "off": sorted(day for day in found.calendar.off if day.year == year),
        "on": sorted(day for day in found.calendar.on if day.year == year),
        **{name: getattr(notice, name, None) for name in ("version", "region_code", "source", "published_at")},
    }


def _notice(row: CalendarNotice, published_by_name: str | None) -> dict[str, Any]:
    shown = ("id", "version", "region_code", "year", "source", "published_at")
    return {
        **{name: getattr(row, name) for name in shown},
        **_days(row.days),
        "published_by_name": published_by_name,
    }


def _days(days: dict[str, Any]) -> dict[str, list[date]]:
    return {kind: [date.fromisoformat(day) for day in days[kind]] for kind in ("off", "on")}


def _move(moved: Moved) -> dict[str, Any]:
    return {
        **{name: getattr(moved, name) for name in ("id", "stage_case_id", "item_case_id", "limit_text")},
        "due_before": moved.before.at,
        "provisional_before": moved.before.provisional,
        "due_after": moved.after.at,
        "provisional_after": moved.after.provisional,
    }


def _hours(spans: Spans) -> list[list[str]]:
    return [[opens.strftime("%H:%M"), closes.strftime("%H:%M")] for opens, closes in spans]
