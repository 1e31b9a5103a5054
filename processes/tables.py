"""Read the tables of a pack: catalogue, process types, organisations, calendar; each mistake is named with its file."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

from processes.release import Item, Material, OrganisationEntry, ProcessType, RegionEntry, Stage, StageItem
from regulations import load_clauses
from worktime import Calendar, LimitInvalid, Rules, national_calendar, parse_limit

NECESSITIES = ("required", "deferrable", "conditional")
KINDS = ("city", "district", "department", "window", "applicant")


class PackInvalid(ValueError):
    """A pack cannot be used; ``problems`` are Chinese sentences, each naming its file."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("地区包不能使用:\n" + "\n".join(problems))
        self.problems = problems


def read_toml(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    """One TOML file of the pack."""
    try:
        return tomllib.loads(_text(files, name))
    except tomllib.TOMLDecodeError as error:
        raise PackInvalid([f"{name} 不是 TOML: {error}"]) from error


def read_region(table: Mapping[str, Any]) -> RegionEntry:
    """The region and those above it."""
    parent = table.get("parent")
    return RegionEntry(table["code"], table["name"], read_region(parent) if parent else None)


def read_calendar(table: Mapping[str, Any]) -> Calendar:
    """The national days with the region's hours."""
    hours = tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in table["hours"])
    return national_calendar().with_hours(hours)


def read_counting(table: Mapping[str, bool]) -> Rules:
    """What the region counts otherwise."""
    return Rules(**table)


def read_refusals(table: Mapping[str, str], regulation: str) -> dict[str, str]:
    """The clause behind each refusal; every clause must be of the pack's own regulation."""
    clauses = load_clauses()
    for code, clause in table.items():
        known = clause in clauses and clauses[clause].region == regulation
        check(known, f"pack.toml: 拒绝 {code} 引用的条文 {clause} 不在 {regulation} 的条文目录里")
    return dict(table)


def read_organisations(files: Mapping[str, bytes]) -> dict[str, OrganisationEntry]:
    """The organisations by code; parents come first."""
    entries: dict[str, OrganisationEntry] = {}
    for row in read_toml(files, "organisations.toml")["organisation"]:
        entry = OrganisationEntry(**row)
        check(entry.kind in KINDS, f"organisations.toml: {entry.code} 的 kind 要是 {'、'.join(KINDS)} 之一")
        check(entry.code not in entries, f"organisations.toml: 机构 {entry.code} 出现了两次")
        known = entry.parent is None or entry.parent in entries
        check(known, f"organisations.toml: {entry.code} 的上级 {entry.parent} 要写在它前面")
        entries[entry.code] = entry
    return entries


def read_items(files: Mapping[str, bytes], organisations: Mapping[str, OrganisationEntry]) -> dict[str, Item]:
    """The catalogue of items by code."""
    items: dict[str, Item] = {}
    for row in _rows(files, "items.csv", ("code", "name", "department", "limit", "pledge")):
        code, place = row["code"], f"items.csv: 事项 {row['code']}"
        check(code not in items, f"{place} 出现了两次")
        check(row["department"] in organisations, f"{place} 的部门 {row['department']} 不在 organisations.toml")
        check(row["pledge"] in ("yes", "no"), f"{place} 的 pledge 要是 yes 或 no")
        items[code] = Item(code, row["name"], row["department"], _limit(row["limit"], place), row["pledge"] == "yes")
    return items


def read_materials(files: Mapping[str, bytes], items: Mapping[str, Item]) -> dict[str, tuple[Material, ...]]:
    """The materials that each item asks for; one code is one material wherever it stands."""
    known: dict[str, Material] = {}
    lists: dict[str, tuple[Material, ...]] = dict.fromkeys(items, ())
    for row in _rows(files, "materials.csv", ("item", "code", "name", "necessity")):
        item, material = row["item"], Material(row["code"], row["name"], row["necessity"])
        place = f"materials.csv: 事项 {item} 的材料 {material.code}"
        check(item in lists, f"{place} 的事项不在 items.csv")
        check(material.necessity in NECESSITIES, f"{place} 的 necessity 要是 {'、'.join(NECESSITIES)} 之一")
        check(known.setdefault(material.code, material) == material, f"{place} 与别处的名称或必要性不同")
        check(material not in lists[item], f"{place} 出现了两次")
        lists[item] += (material,)
    return lists


def read_process_types(
    files: Mapping[str, bytes],
    items: Mapping[str, Item],
    organisations: Mapping[str, OrganisationEntry],
    processes: Callable[[str], bool],
) -> dict[str, ProcessType]:
    """The process types by code; ``processes`` says whether the diagrams have a process of that id."""
    types: dict[str, ProcessType] = {}
    for row in read_toml(files, "process_types.toml")["process_type"]:
        place = f"process_types.toml: 流程类型 {row['code']}"
        stages = {}
        for table in row["stage"]:
            stage = _stage(table, items, f"{place} 的阶段 {table['code']}")
            for code in (stage.lead, stage.window):
                check(code in organisations, f"{place} 的阶段 {stage.code} 的机构 {code} 不在 organisations.toml")
            check(processes(stage.diagram), f"{place} 的阶段 {stage.code} 的流程 {stage.diagram} 不在流程图中")
            stages[stage.code] = stage
        check(row["code"] not in types, f"{place} 出现了两次")
        limit = _limit(row["limit"], place)
        types[row["code"]] = ProcessType(row["code"], row["name"], row["standard_type"], limit, stages)
    return types


def _stage(table: Mapping[str, Any], items: Mapping[str, Item], place: str) -> Stage:
    candidates: dict[str, StageItem] = {}
    for row in table["item"]:
        code = row["code"]
        check(code in items and code not in candidates, f"{place} 的事项 {code} 不在 items.csv, 或者出现了两次")
        limit = _limit(row.get("limit", items[code].limit), f"{place} 的事项 {code}")
        candidates[code] = StageItem(items[code], row["main"], limit, tuple(row.get("predecessors", ())))
    for code, candidate in candidates.items():
        strangers = [other for other in candidate.predecessors if other not in candidates]
        check(not strangers, f"{place} 的事项 {code} 的前置事项 {'、'.join(strangers)} 不在本阶段")
        check(code not in _all_before(code, candidates), f"{place} 的事项 {code} 的前置事项绕回了它自己")
    names = ("code", "number", "name", "lead", "window", "diagram")
    return Stage(
        **{name: table[name] for name in names}, limit=_limit(table["limit"], place), items=tuple(candidates.values())
    )


def _all_before(code: str, candidates: Mapping[str, StageItem]) -> set[str]:
    before: set[str] = set()
    waiting = list(candidates[code].predecessors)
    while waiting:
        other = waiting.pop()
        if other not in before and other in candidates:
            before.add(other)
            waiting += candidates[other].predecessors
    return before


def check(holds: bool, problem: str) -> None:
    """Refuse the pack with ``problem`` unless the condition holds."""
    if not holds:
        raise PackInvalid([problem])


def _limit(text: str, place: str) -> str:
    try:
        return str(parse_limit(text))
    except LimitInvalid as error:
        raise PackInvalid([f"{place}: {error}"]) from error


def _text(files: Mapping[str, bytes], name: str) -> str:
    check(name in files, f"地区包里没有 {name}")
    try:
        return files[name].decode("utf-8")
    except UnicodeDecodeError as error:
        raise PackInvalid([f"{name} 不是 UTF-8 文本"]) from error


def _rows(files: Mapping[str, bytes], name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(_text(files, name)), restval="")
    check(tuple(reader.fieldnames or ()) == columns, f"{name} 的表头要是 {','.join(columns)}")
    rows = [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]
    check(all(row[column] for row in rows for column in columns), f"{name} 有空格子，请填满每一行")
    return rows
