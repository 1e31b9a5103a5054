"""Read the process types of a pack: their stages, and which items are candidates in which stage on what terms."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from processes.catalogue import check_timed, read_condition
from processes.findings import Finding
from processes.precedence import check_days, check_precedence
from processes.reading import Files, Row, read_rows, read_tables
from processes.release import Item, OrganisationEntry, ProcessType, Stage, StageItem

LINES = ("main", "auxiliary", "parallel")
TYPE = ("code", "name", "standard_type", "limit")
STAGE = ("code", "number", "name", "limit", "lead", "window", "diagram", "after")
STAGE_ITEMS = ("process_type", "stage", "item", "line", "limit", "predecessors", "condition", "when")

Candidates = dict[tuple[str, str], dict[str, tuple[StageItem, Row]]]


@dataclass(frozen=True, slots=True)
class Known:
    """What the process types of a pack may refer to; ``diagrams`` is None when the diagrams cannot be read."""

    items: Mapping[str, Item]
    organisations: Mapping[str, OrganisationEntry]
    diagrams: Collection[str] | None
    facts: frozenset[str]


def read_process_types(files: Files, known: Known, findings: list[Finding]) -> dict[str, ProcessType]:
    """The process types by code, in the order of the file."""
    candidates = _candidates(files, known, findings)
    types: dict[str, ProcessType] = {}
    places = set()
    for row, *stage_rows in read_tables(files, "process_types.toml", ("process_type", "stage"), findings):
        row.no_more_than(TYPE)
        code = row.text("code")
        if code in types:
            row.fault(f"流程类型 {code} 出现了两次", "请删去一处，或换一个编码", "code")
        stages: dict[str, Stage] = {}
        for stage_row in stage_rows:
            found = candidates.get((code, stage_row.values.get("code", "")), {})
            stage = _stage(stage_row, known, tuple(item for item, _ in found.values()))
            if stage.code in stages:
                stage_row.fault(f"阶段 {stage.code} 在流程类型 {code} 里出现了两次", "请删去一处", "code")
            if not any(item.main for item in stage.items):
                mend = "请在 stage_items.csv 给这个阶段写上至少一个 main"
                stage_row.fault(f"流程类型 {code} 的阶段 {stage.code} 没有主流程事项", mend)
            stages[stage.code] = stage
            places.add((code, stage.code))
        _check_order(stages, {stage_row.values.get("code", ""): stage_row for stage_row in stage_rows})
        check_precedence(stages, {stage: candidates.get((code, stage), {}) for stage in stages})
        types[code] = ProcessType(code, row.text("name"), row.number("standard_type"), row.limit("limit"), stages)
        check_days(types[code], row, {stage_row.values.get("code", ""): stage_row for stage_row in stage_rows})
    _check_places(candidates, places)
    return types


def _stage(row: Row, known: Known, items: tuple[StageItem, ...]) -> Stage:
    row.no_more_than(STAGE)
    stage = Stage(
        code=row.text("code"),
        number=row.number("number"),
        name=row.text("name"),
        limit=row.limit("limit"),
        lead=row.text("lead"),
        window=row.text("window"),
        diagram=row.text("diagram"),
        items=items,
        after=row.words("after"),
    )
    for key, code, kind in (("lead", stage.lead, "department"), ("window", stage.window, "window")):
        organisation = known.organisations.get(code)
        if code and organisation is None:
            row.fault(f"没有机构 {code}", "请改为 organisations.toml 里的机构编码", key)
        elif organisation is not None and organisation.kind not in (kind, ""):
            row.fault(f"{key} 的机构 {code} 不是 {kind}", f"请改为一个 kind 是 {kind} 的机构", key)
    if stage.diagram and known.diagrams is not None and stage.diagram not in known.diagrams:
        row.fault(f"没有流程 {stage.diagram}", f"请改为流程图里的流程：{'、'.join(sorted(known.diagrams))}", "diagram")
    return stage


def _check_order(stages: Mapping[str, Stage], rows: Mapping[str, Row]) -> None:
    for stage in stages.values():
        for code in stage.after:
            if code not in stages or stages[code].number >= stage.number:
                mend = "请改为这个流程类型里序号更小的阶段"
                rows[stage.code].fault(f"阶段 {stage.code} 不能排在阶段 {code} 之后", mend, "after")


def _candidates(files: Files, known: Known, findings: list[Finding]) -> Candidates:
    found: Candidates = {}
    for row in read_rows(files, "stage_items.csv", STAGE_ITEMS, findings):
        place, code = (row.text("process_type"), row.text("stage")), row.text("item")
        line, condition = row.choice("line", LINES), read_condition(row, known.facts)
        item = known.items.get(code)
        if item is None:
            row.limit("limit", "")
            row.fault(f"没有事项 {code}", "请改为 items.csv 里的事项编号")
            continue
        limit = item.limit
        if row.values.get("limit"):
            limit = row.limit_or_none("limit")
            check_timed(row, item, limit)
        entry = StageItem(item, line, limit, row.words("predecessors"), condition)
        if code in found.setdefault(place, {}):
            row.fault(f"事项 {code} 在流程类型 {place[0]} 的阶段 {place[1]} 里出现了两次", "请删去一行")
        found[place][code] = entry, row
    return found


def _check_places(candidates: Candidates, places: Collection[tuple[str, str]]) -> None:
    for place, entries in candidates.items():
        if place not in places:
            _, row = next(iter(entries.values()))
            mend = "请改正这一行，或在 process_types.toml 补上这个阶段"
            row.fault(f"没有流程类型 {place[0]} 的阶段 {place[1]}", mend)
