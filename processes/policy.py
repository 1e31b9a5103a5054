"""Read ``pack.toml`` and ``organisations.toml``: the region, its hours and counting, its clauses, who there is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from processes.findings import Finding
from processes.handling import read_handling
from processes.lights import USUAL_LIGHTS, Lights, read_lights
from processes.reading import Files, Row, read_tables, read_toml
from processes.release import Handling, OrganisationEntry, RegionEntry
from regulations import load_clauses
from worktime import Calendar, Rules, Season, Spans, national_calendar

PACK = (
    *("title", "version", "region", "regulation", "calendar", "counting", "clocks"),
    *("handling", "lights", "refusals", "windows"),
)
KINDS = ("city", "district", "department", "window", "applicant")
STAGE_CLOCK = ("received", "dispatched")
HOURS = '请写成 hours = [["08:30", "12:00"], ["13:00", "17:30"]]，季节和单日的写法见地区包说明'
COUNTING = ("start_day_counts", "end_of_day", "roll_over")
WINDOWS = ("any", "check")
ORGANISATION = ("code", "name", "kind", "parent", "function", "credit_code")


@dataclass(frozen=True, slots=True)
class Policy:
    """What ``pack.toml`` says; the names are those of :class:`processes.release.Release`."""

    title: str
    version: str
    region: RegionEntry
    regulation: str
    clauses: str
    calendar: Calendar
    counting: Rules
    stage_clock: str | None
    lights: Lights
    handling: Handling
    refusals: Mapping[str, str]
    any_window: bool
    window_check: bool


def read_policy(files: Files, roles: Collection[str], findings: list[Finding]) -> Policy | None:
    """``pack.toml``; None when it cannot be read at all. ``roles`` are those that may be told of a light."""
    pack = read_toml(files, "pack.toml", findings)
    if pack is None:
        return None
    pack.no_more_than(PACK)
    regulation = pack.table("regulation")
    clauses = regulation.text("clauses")
    any_window, window_check = read_windows(pack.table("windows")) if "windows" in pack.values else (False, False)
    return Policy(
        title=pack.text("title"),
        version=pack.text("version"),
        region=read_region(pack.table("region")),
        regulation=regulation.text("name"),
        clauses=clauses,
        calendar=read_calendar(pack.table("calendar")),
        counting=read_counting(pack.table("counting")),
        stage_clock=read_clocks(pack.table("clocks")) if "clocks" in pack.values else None,
        lights=read_lights(pack.table("lights"), roles) if "lights" in pack.values else USUAL_LIGHTS,
        handling=read_handling(pack.table("handling")),
        refusals=read_refusals(pack.table("refusals"), clauses),
        any_window=any_window,
        window_check=window_check,
    )


def read_region(table: Row) -> RegionEntry:
    """The region and those above it."""
    parent = read_region(table.table("parent")) if "parent" in table.values else None
    return RegionEntry(table.text("code"), table.text("name"), parent)


def read_calendar(table: Row) -> Calendar:
    """The national days with the region's hours, its seasons, and the single days that it arranges otherwise.

    ``seasons`` is a list of ``{ first = "05-01", last = "09-30", hours = [...] }``; ``days`` gives days their hours,
    none for a day off.
    """
    table.no_more_than(("hours", "seasons", "days"))
    calendar = national_calendar()
    try:
        seasons = [_season(entry) for entry in table.values.get("seasons", ())]
        calendar = calendar.with_hours(_hours(table.values["hours"]), tuple(seasons))
        days = table.values.get("days", {})
        return calendar.with_overrides({date.fromisoformat(day): _hours(hours) for day, hours in days.items()})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        reason = str(error) if str(error).startswith("工作") else "工作时间写得不对"
        table.fault(reason, HOURS, "hours")
        return calendar


def _season(entry: Mapping[str, Any]) -> Season:
    if set(entry) != {"first", "last", "hours"}:
        raise ValueError("工作时间的季节要有 first、last、hours 三项")
    first, last = (date.fromisoformat(f"2004-{entry[key]}") for key in ("first", "last"))  # a leap year: 29 February
    return Season((first.month, first.day), (last.month, last.day), _hours(entry["hours"]))


def _hours(pairs: Iterable[tuple[str, str]]) -> Spans:
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in pairs)


def read_clocks(table: Row) -> str | None:
    """At which act the total limit of a stage starts; None: it has none that runs."""
    table.no_more_than(("stage",))
    return table.choice("stage", STAGE_CLOCK) if "stage" in table.values else None


def read_counting(table: Row) -> Rules:
    """What the region counts otherwise."""
    table.no_more_than(COUNTING)
    wrong = [key for key in COUNTING if not isinstance(table.values.get(key, False), bool)]
    for key in wrong:
        table.fault(f"{key} 要是 true 或 false", "请改为 true 或 false", key)
    return Rules() if wrong else Rules(**{key: table.values[key] for key in COUNTING if key in table.values})


def read_windows(table: Row) -> tuple[bool, bool]:
    """Whether any service window may take in what another usually does (全城通办), and whether its clerk must check.

    The check is of the application against the registered project; a pack that does not speak of it asks for none.
    """
    table.no_more_than(WINDOWS)
    found = {"any": table.values.get("any"), "check": table.values.get("check", False)}
    for key in (key for key, value in found.items() if not isinstance(value, bool)):
        table.fault(f"{key} 要是 true 或 false", f"请写 {key} = true 或 {key} = false", key)
    return found["any"] is True, found["check"] is True


def read_refusals(table: Row, regulation: str) -> dict[str, str]:
    """The clause behind each refusal; every clause must be of the pack's own regulation."""
    clauses = load_clauses()
    refusals = {code: table.text(code) for code in table.values}
    for code, clause in refusals.items():
        if clause and not (clause in clauses and clauses[clause].region == regulation):
            message = f"拒绝 {code} 引用的条文 {clause} 不在 {regulation} 的条文目录里"
            table.fault(message, f"请改为以 {regulation}- 开头的条文编号", code)
    return refusals


def read_organisations(files: Files, findings: list[Finding]) -> dict[str, OrganisationEntry]:
    """The organisations by code; parents come first."""
    entries: dict[str, OrganisationEntry] = {}
    for [row] in read_tables(files, "organisations.toml", ("organisation",), findings):
        row.no_more_than(ORGANISATION)
        code, parent = row.text("code"), row.maybe("parent")
        if code in entries:
            row.fault(f"机构 {code} 出现了两次", "请删去一处，或换一个编码", "code")
        if parent is not None and parent not in entries:
            row.fault(f"上级 {parent} 不在前面的机构里", "请改正上级的编码，或把上级移到前面", "parent")
        entries[code] = OrganisationEntry(
            code=code,
            name=row.text("name"),
            kind=row.choice("kind", KINDS),
            parent=parent,
            function=row.maybe("function"),
            credit_code=row.maybe("credit_code"),
        )
        _check_function(row, entries[code], entries)
    return entries


def _check_function(row: Row, entry: OrganisationEntry, entries: Mapping[str, OrganisationEntry]) -> None:
    same = [other.code for other in entries.values() if other.function == entry.function and other is not entry]
    same = [code for code in same if entries[code].kind == "department"]
    if entry.kind == "department" and entry.function is None:
        row.fault(f"部门 {entry.code} 没有职能", "请填写 function")
    elif entry.kind == "department" and same:
        row.fault(f"职能 {entry.function} 已由 {same[0]} 承担", "一项职能只归一个部门，请改正其一", "function")


def departments_by_function(organisations: Mapping[str, OrganisationEntry]) -> dict[str, str]:
    """The code of the department that has a function."""
    return {
        entry.function: entry.code
        for entry in organisations.values()
        if entry.kind == "department" and entry.function is not None
    }
