"""Every real process type is walked stage by stage with its real items; the days are those of the city's notices.

The days of a stage are counted as the notices count them: every item takes its whole limit, an item is accepted as soon
as its predecessors in the stage are approved, and the stage is over when the lead can complete it, that is when the
main-line items are approved. What runs beside the main line is not waited for.
"""

from __future__ import annotations

import heapq
from typing import Any

import pytest

from processes.precedence import stage_days
from tests.unit.processes.stepped_stage import PACK, Stage
from worktime import Unit, parse_limit

TOTALS = {"1": 54, "2": 39, "5": 17, "6": 17, "7": 17, "8-1": 56, "8-2": 52}
DAYS = {
    ("1", "1"): 16,
    ("1", "2"): 21,
    ("1", "3"): 8,
    ("1", "4"): 9,
    ("2", "1"): 24,
    ("2", "2"): 3,
    ("2", "3"): 3,
    ("2", "4"): 9,
    ("5", "1"): 5,
    ("5", "3"): 3,
    ("5", "4"): 9,
    ("6", "1"): 5,
    ("6", "3"): 3,
    ("6", "4"): 9,
    ("7", "1"): 5,
    ("7", "3"): 3,
    ("7", "4"): 9,
    ("8-1", "1"): 18,
    ("8-1", "2"): 21,
    ("8-1", "3"): 8,
    ("8-1", "4"): 9,
    ("8-2", "1"): 14,
    ("8-2", "2"): 21,
    ("8-2", "3"): 8,
    ("8-2", "4"): 9,
}
EVERY_STAGE = [(entry.code, stage) for entry in PACK.process_types.values() for stage in entry.stages]


def real_stage(process_type: str, stage: str) -> Stage:
    """The stage with its real candidates, all of them required and dispatched."""
    candidates: list[dict[str, Any]] = [
        {
            "code": entry.item.code,
            "name": entry.item.name,
            "department": entry.item.department,
            "main": entry.main,
            "limit": entry.limit,
            "pledge": entry.item.pledge,
            "predecessors": list(entry.predecessors),
        }
        for entry in PACK.process_types[process_type].stages[stage].items
    ]
    stepped = Stage(*candidates, process_type=process_type, stage=stage)
    for candidate in candidates:
        stepped.complete(stepped.of_item("回复策划意见", candidate["code"]), conclusion="required")
    stepped.do("出具策划报告")
    stepped.do("窗口收取材料")
    stepped.do("形式审查", decision="passed")
    stepped.do("正式收件")
    while stepped.tasks()["最后确认"]:
        stepped.do("最后确认", result="confirmed")
    stepped.do("统一转办")
    return stepped


class Walk:
    """Everybody takes the whole limit of the item, and not a day more."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.waiting = {item["code"]: set(item["predecessors"]) for item in stage.candidates}
        self.waiting = {code: before & self.waiting.keys() for code, before in self.waiting.items()}
        self.handling: list[tuple[int, str]] = []
        self.approved: list[str] = []

    def accept_ready(self, today: int) -> None:
        """Accept what waits for nothing; its limit is the one that the engine sets."""
        for code in [code for code, before in self.waiting.items() if before <= set(self.approved)]:
            self.waiting.pop(code)
            self.stage.complete(self.stage.of_item("审核", code), decision="accept")
            self.stage.complete(self.stage.of_item("受理", code))
            limit = parse_limit(self.stage.limits[self.stage.of_item("办理", code).task_id, "task"].limit)
            assert limit.unit is Unit.WORKING_DAYS
            heapq.heappush(self.handling, (today + limit.amount, code))

    def to_completion(self) -> int:
        """The working day on which the lead can complete the stage."""
        today = 0
        while not self.stage.tasks()["阶段性办结"]:
            self.accept_ready(today)
            today, code = heapq.heappop(self.handling)
            self.approve(code)
        return today

    def approve(self, code: str) -> None:
        """The department approves."""
        self.stage.complete(self.stage.of_item("办理", code), decision="approve")
        self.approved.append(code)

    def to_the_end(self) -> None:
        """What runs beside the main line ends too."""
        self.stage.do("阶段性办结", information="x")
        while self.handling or self.waiting:
            self.accept_ready(0)
            self.approve(heapq.heappop(self.handling)[1])


@pytest.mark.parametrize(("process_type", "stage"), EVERY_STAGE)
def test_the_real_items_of_a_stage_take_its_days(process_type: str, stage: str) -> None:
    walk = Walk(real_stage(process_type, stage))
    assert walk.to_completion() == DAYS[process_type, stage]
    main = {item["code"] for item in walk.stage.candidates if item["main"]}
    assert main <= set(walk.approved)
    walk.to_the_end()
    assert walk.stage.ended()
    assert walk.stage.milestones == ["stage_completed"]
    assert walk.stage.performed.count("item.approve") == len(walk.stage.candidates)


def test_the_process_types_are_the_real_ones_with_all_their_days() -> None:
    assert set(EVERY_STAGE) == set(DAYS)
    for code, total in TOTALS.items():
        entry = PACK.process_types[code]
        assert entry.limit == f"{total}WD"
        assert sum(stage_days(stage) for stage in entry.stages.values()) == total
        for stage in entry.stages.values():
            assert stage.limit == f"{stage_days(stage)}WD"


def test_the_process_type_wins_over_the_default_of_the_item() -> None:
    limits = {
        entry.code: {item.item.code: item.limit for item in entry.stages["1"].items}
        for entry in PACK.process_types.values()
    }
    assert PACK.items["042"].limit == "3WD"
    assert (limits["1"]["042"], limits["2"]["042"], limits["8-1"]["042"]) == ("5WD", "5WD", "3WD")


def test_items_run_on_their_line_at_the_department_of_their_function() -> None:
    stage = {entry.item.code: entry for entry in PACK.process_types["1"].stages["3"].items}
    assert [code for code, entry in stage.items() if entry.line == "main"] == ["047", "056"]
    assert [code for code, entry in stage.items() if entry.line == "parallel"] == ["001", "051", "035"]
    assert stage["056"].predecessors == ("044", "063")
    assert PACK.organisations[stage["053"].item.department].function == "civil_defence"


def test_a_condition_is_said_in_words_and_over_the_declared_facts() -> None:
    stage = {entry.item.code: entry for entry in PACK.process_types["1"].stages["1"].items}
    condition = stage["060"].condition
    assert condition is not None
    assert "1000 万元" in condition.text
    assert [condition.holds({"total_investment": amount}) for amount in (1000.0, 1000.01, None)] == [False, True, None]
    assert stage["055"].condition is not None
    assert stage["055"].condition.holds({}) is None
