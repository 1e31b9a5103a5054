"""One stage case of the Beizhen pack, stepped by the engine alone with operations that only answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from cases.releases import vocabulary
from engine import OperationCall, Outcome, Snapshot, SnapshotNeeded, Status, commands, happenings
from processes.loader import PACKS, load_folder

PACK = load_folder(PACKS / "beizhen", vocabulary())


def item(code: str, main: bool, department: str = "a", limit: str = "5WD") -> dict[str, Any]:
    return {
        "code": code,
        "name": code,
        "department": department,
        "main": main,
        "limit": limit,
        "pledge": False,
        "predecessors": [],
    }


class Stage:
    """One stage case: what is open, what was performed; operations answer like the platform's."""

    def __init__(
        self, *candidates: dict[str, Any], channel: str = "window", process_type: str = "1", stage: str = "2"
    ) -> None:
        self.candidates = list(candidates)
        self.snapshots: dict[UUID, Snapshot] = {}
        self.required: list[dict[str, Any]] = []
        self.open: dict[UUID, happenings.TaskOpened] = {}
        self.limits: dict[tuple[UUID, str], happenings.LimitSet] = {}
        self.performed: list[str] = []
        self.milestones: list[str] = []
        self.id = uuid4()
        data = {
            "stage_case": str(uuid4()),
            "engineering": str(uuid4()),
            "stage": stage,
            "process_type": process_type,
            "channel": channel,
            "applicant": "applicant",
            "lead": "lead",
            "window": "window",
            "candidates": [],
        }
        definitions = PACK.definitions
        self.apply(commands.start(definitions, {}, self.id, "stage", data, perform=self.perform))

    def perform(self, call: OperationCall) -> Mapping[str, Any]:
        return ANSWERS[call.operation](self, call.inputs) if call.operation in ANSWERS else {}

    def command(self, run: Callable[[Mapping[UUID, Snapshot]], Outcome], instance: UUID) -> None:
        known = {instance: self.snapshots[instance]}
        while True:
            try:
                return self.apply(run(known))
            except SnapshotNeeded as needed:
                known[needed.instance_id] = self.snapshots[needed.instance_id]

    def apply(self, outcome: Outcome) -> None:
        self.snapshots |= {snapshot.id: snapshot for snapshot in outcome.snapshots}
        for happening in outcome.happenings:
            match happening:
                case happenings.TaskOpened():
                    self.open[happening.task_id] = happening
                case happenings.TaskClosed():
                    self.open.pop(happening.task_id, None)
                case happenings.LimitSet():
                    self.limits[happening.task_id, happening.kind] = happening
                case happenings.OperationPerformed():
                    self.performed.append(happening.operation)
                case happenings.MilestoneReached():
                    self.milestones.append(happening.name)
                case happenings.SubtreeCancelled():
                    self.cancel(happening.instance_id)

    def cancel(self, top: UUID) -> None:
        gone = {top}
        for snapshot in self.snapshots.values():
            if snapshot.parent_id in gone:
                gone.add(snapshot.id)
        self.open = {key: task for key, task in self.open.items() if task.instance_id not in gone}

    def tasks(self) -> Counter[str]:
        return Counter(task.name for task in self.open.values())

    def task(self, name: str, organisation: str | None = None) -> happenings.TaskOpened:
        return next(
            task for task in self.open.values() if task.name == name and organisation in (None, task.organisation)
        )

    def do(self, name: str, organisation: str | None = None, **fields: Any) -> None:
        self.complete(self.task(name, organisation), **fields)

    def of_item(self, name: str, code: str) -> happenings.TaskOpened:
        """The open task of an item; the key of an item's instance is its code."""
        return next(
            task for task in self.open.values() if task.name == name and self.snapshots[task.instance_id].key == code
        )

    def complete(self, task: happenings.TaskOpened, **fields: Any) -> None:
        definitions = PACK.definitions
        assert task.form is not None
        fields = dict.fromkeys(field.key for field in PACK.forms[task.form].fields) | fields
        self.command(
            lambda known: commands.complete(
                definitions, known, task.instance_id, task.task_id, fields, perform=self.perform
            ),
            task.instance_id,
        )

    def planned(self, **conclusions: str) -> None:
        for code in conclusions:
            candidate = next(item for item in self.candidates if item["code"] == code)
            self.do("回复策划意见", candidate["department"], conclusion=conclusions[code])
        self.do("出具策划报告")

    def dispatched(self, **conclusions: str) -> None:
        self.planned(**conclusions)
        self.do("窗口收取材料")
        self.do("形式审查", decision="passed")
        self.do("正式收件")
        while self.tasks()["最后确认"]:
            self.do("最后确认", result="confirmed")
        self.do("统一转办")

    def accepted(self, department: str) -> None:
        self.do("审核", department, decision="accept")
        self.do("受理", department)

    def ended(self) -> bool:
        return self.snapshots[self.id].status is not Status.ACTIVE


def record_opinion(stage: Stage, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    transferred = inputs["conclusion"] == "transferred"
    return {"department": inputs["transferred_to"] if transferred else inputs["department"]}


def conclude(stage: Stage, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    opinions = inputs["opinions"]
    required = [
        {**item, "department": opinions[item["code"]]["department"]}
        for item in inputs["candidates"]
        if opinions[item["code"]]["conclusion"] == "required"
    ]
    stage.required += required
    return {"required": required}


def departments(stage: Stage, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"departments": sorted({item["department"] for item in stage.required}), "plannings": [1]}


def problems(stage: Stage, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"problems": [name for name, answer in inputs["confirmations"].items() if answer["result"] == "problem"]}


def open_items(stage: Stage, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    main = [item for item in stage.required if item["main"]]
    return {"main_items": main, "auxiliary_items": [item for item in stage.required if not item["main"]]}


ANSWERS: dict[str, Callable[[Stage, Mapping[str, Any]], Mapping[str, Any]]] = {
    "stage.receive": lambda stage, inputs: {"lead": "lead", "window": "window"},
    "planning.candidates": lambda stage, inputs: {"candidates": stage.candidates, "number": 1},
    "planning.record_opinion": record_opinion,
    "planning.conclude": conclude,
    "dispatch.departments": departments,
    "dispatch.conclude": problems,
    "dispatch.open_items": open_items,
}
