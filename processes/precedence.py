"""What comes before what: predecessors of the items of a process type, and the days of a stage's longest path."""

from __future__ import annotations

from collections.abc import Mapping

from processes.reading import Row
from processes.release import ProcessType, Stage, StageItem
from worktime import Unit, parse_limit

Entries = Mapping[str, tuple[StageItem, Row]]


def check_precedence(stages: Mapping[str, Stage], entries: Mapping[str, Entries]) -> None:
    """Every predecessor is an item of the same stage or of an earlier one, and no item comes before itself.

    ``entries`` are the candidates of each stage with the rows that the findings name.
    """
    numbers = {code: stage.number for code, stage in stages.items()}
    places: dict[str, list[str]] = {}
    for stage, found in entries.items():
        for item in found:
            places.setdefault(item, []).append(stage)
    for stage, found in entries.items():
        candidates = {code: entry for code, (entry, _) in found.items()}
        for code, (entry, row) in found.items():
            for other in entry.predecessors:
                if other in candidates:
                    continue
                elsewhere = [numbers[place] for place in places.get(other, ())]
                if not elsewhere:
                    row.fault(f"事项 {code} 的前置事项 {other} 不是这个流程类型的候选事项", "请改正编号，或先列入候选")
                elif min(elsewhere) > numbers[stage]:
                    message = f"事项 {code} 的前置事项 {other} 在更后的阶段 {min(elsewhere)}"
                    row.fault(message, "前置事项只能在本阶段或更早的阶段，请改正")
            if code in _all_before(code, candidates):
                row.fault(f"事项 {code} 的前置事项绕回了它自己", "请去掉其中一个前置事项")


def _all_before(code: str, candidates: Mapping[str, StageItem]) -> set[str]:
    before: set[str] = set()
    waiting = list(candidates[code].predecessors)
    while waiting:
        other = waiting.pop()
        if other not in before and other in candidates:
            before.add(other)
            waiting += candidates[other].predecessors
    return before


def stage_days(stage: Stage) -> int:
    """The working days of a stage: the longest path of predecessors within it that ends at a main-line item.

    What runs beside the main line does not count: the stage completes with its main-line items. Limits in other units
    than working days count nothing.
    """
    candidates = {entry.item.code: entry for entry in stage.items}
    days = dict.fromkeys(candidates, 0)
    for _ in candidates:  # no path is longer than the items are many
        for code, entry in candidates.items():
            before = max((days[other] for other in entry.predecessors if other in days), default=0)
            days[code] = before + _working_days(entry.limit)
    return max((days[code] for code, entry in candidates.items() if entry.main), default=0)


def check_days(process_type: ProcessType, row: Row, stage_rows: Mapping[str, Row]) -> None:
    """No stage promises fewer days than its main line takes, and the process type none fewer than its stages."""
    for code, stage in process_type.stages.items():
        candidates = {entry.item.code: entry for entry in stage.items}
        if any(item in _all_before(item, candidates) for item in candidates):
            continue
        days, promised = stage_days(stage), _working_days(stage.limit)
        if 0 < promised < days:
            message = f"阶段 {code} 的主流程最长要 {days} 个工作日，超过阶段时限 {stage.limit}"
            stage_rows[code].fault(message, "请改正阶段时限，或 stage_items.csv 里事项的时限、前置事项", "limit")
    total = sum(_working_days(stage.limit) for stage in process_type.stages.values())
    if 0 < _working_days(process_type.limit) < total:
        message = f"流程类型 {process_type.code} 的各阶段合计 {total} 个工作日，超过 {process_type.limit}"
        row.fault(message, "请改正流程类型或阶段的时限", "limit")


def _working_days(text: str | None) -> int:
    if text is None:
        return 0
    limit = parse_limit(text)
    return limit.amount if limit.unit is Unit.WORKING_DAYS else 0
