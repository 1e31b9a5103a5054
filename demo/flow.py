"""The regular course of a stage, which the stories share: planned, taken in, dispatched, handled, completed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from demo.play import APPROVED, Play
from demo.telling import Teller
from features.steps import desk
from features.steps.cast import Cast
from features.steps.desk import Task
from features.steps.person import Refusal


class UnknownStage(Exception):
    """The process type or stage that was asked for is not there; the message says which are."""


class Flow(Play):
    """A stage of a process type, done by whoever holds the post that each step is for."""

    def __init__(self, cast: Cast, teller: Teller, process_type: str, stage: str | None = None) -> None:
        super().__init__(cast, teller)
        self.process_type, self.stages = self._find(process_type, stage)
        self.results = 0

    def _find(self, code: str, stage: str | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The process type and the stages to play, as the release in force has them."""
        release = next(self.applicant.pages("/releases", region_code=self.cast.area))
        known = {entry["code"]: entry for entry in self.applicant.get(f"/releases/{release['id']}")["process_types"]}
        if code not in known:
            raise UnknownStage(f"没有流程类型 {code}，可用：{'、'.join(known)}。")
        stages = {str(entry["number"]): entry for entry in known[code]["stages"]}
        if stage is not None and stage not in stages:
            raise UnknownStage(f"流程类型 {code} 没有阶段 {stage}，可用：{'、'.join(stages)}。")
        return known[code], list(stages.values()) if stage is None else [stages[stage]]

    def apply(self, engineering: str, stage: dict[str, Any]) -> None:
        """The applicant starts a stage, its lead department receives the application."""
        self.start(engineering, self.process_type["code"], stage["code"], stage["name"])
        what = f"接收申请，选择流程图“{self.process_type['name']}”"
        self.everybody("接收申请", what, process_type=self.process_type["code"])

    def report(self) -> None:
        """The planning report goes to the applicant."""
        self.everybody("出具策划报告", "出具策划报告，通过系统一次性告知", delivery="system")

    def take_in(self) -> None:
        """What is missing is handed in, reviewed and formally received."""
        missing = [row for row in self.look(self.applicant)["materials"] if row["status"] == "missing"]
        rows = desk.hand_in(self.applicant, missing)
        self.everybody("网上提交材料", f"上传 {len(rows)} 份材料，每份只传一次", materials=rows)
        waiting = [row["code"] for row in self.look()["materials"] if row["status"] == "submitted"]
        passed = [{"code": code, "result": "passed"} for code in waiting]
        self.everybody("形式审查", f"形式审查：{len(passed)} 份材料通过", decision="passed", materials=passed)
        self.everybody("正式收件", "正式收件")
        receipt = self.look(self.applicant)["receipt"]
        self.teller.seen(self.applicant, f"收件凭证 {receipt}", bool(receipt))

    def dispatch(self, planned: Collection[str]) -> None:
        """Every department confirms, and exactly the planned items are dispatched."""
        self.everybody("最后确认", "没有问题", result="confirmed")
        self.everybody("统一转办", "统一转办")
        dispatched = {item["item_code"] for item in self.look()["items"]}
        self.teller.seen(self.supervisor, f"转办的正是策划定下的 {len(planned)} 个事项", dispatched == set(planned))

    def everybody(self, name: str, what: str, items: Collection[str] | None = None, **wishes: Any) -> set[str]:
        """Whoever has a task of this name (about these items) completes it; the codes of the items."""
        tasks = self.waiting(name, items)
        for task in tasks:
            about = f"{name}“{task['item_name']}”：{what}" if task["item_name"] else what
            self.act(self.holder(task), task, about, **wishes)
        self.teller.seen(self.supervisor, f"“{name}”都已由承办人办结", bool(tasks) and self.done(tasks))
        return {str(task["item_code"]) for task in tasks}

    def done(self, tasks: Sequence[Task]) -> bool:
        """Whether the supervisor sees the tasks done, each by who holds its post: one question for all of a step."""
        by_whom: dict[str, str] = {}
        for element in {task["element_id"] for task in tasks}:
            query = {"of": "all", "status": "done", "stage_case_id": self.stage_case, "element_id": element}
            found = self.supervisor.pages("/tasks", **query, limit=100)
            by_whom |= {task["id"]: task["closed_by"] for task in found}
        return all(by_whom.get(task["id"]) == self.holder(task).id for task in tasks)

    def review(self, *items: str) -> None:
        """The items meet their conditions and are accepted."""
        self.everybody("审核", "达到条件", items, decision="accept")
        self.everybody("受理", "受理", items)

    def accept(self) -> int:
        """Accept what can be accepted now; how many items that were."""
        accepted = []
        for task in self.waiting("受理"):
            try:
                self.act(self.holder(task), task, f"受理“{task['item_name']}”")
            except Refusal as refusal:
                if refusal.problem.get("code") != "predecessors_open":
                    raise
            else:
                accepted.append(task)
        self.teller.seen(self.supervisor, f"受理了 {len(accepted)} 个事项", self.done(accepted))
        return len(accepted)

    def approve(self, *items: str) -> None:
        """The items are approved, each with its result document; all that may be when none is named."""
        numbers = {}
        for task in self.waiting("办理", items or None):
            self.results += 1
            number = numbers[task["item_code"]] = f"演示〔2026〕{self.results}号"
            wishes = {"result_number": number, "result_title": f"关于{task['item_name']}的批复"}
            what = f"准予“{task['item_name']}”，时限 {task['limit_text']}，文号 {number}"
            self.teller.seen(self.holder(task), "时限是流程类型定的", self.in_limit(task))
            self.act(self.holder(task), task, what, decision="approve", **wishes)
        ended = [item for item in self.look()["items"] if item["status"] == APPROVED]
        approved = {item["item_code"]: item["result_number"] for item in ended}
        self.teller.seen(self.supervisor, f"{len(numbers)} 个事项已办结，文号相符", numbers.items() <= approved.items())

    def in_limit(self, task: Task) -> bool:
        """Whether the limit of a task is the one that the process type sets for its item."""
        limits = {item["code"]: item["limit"] for stage in self.stages for item in stage["items"]}
        return bool(task["limit_text"] == limits[task["item_code"]])

    def finish(self) -> None:
        """The lead completes the stage; nothing is left of it."""
        main = [item["status"] for item in self.look()["items"] if item["main"] and item["ended_at"]]
        self.teller.seen(self.supervisor, "主流程事项都已办结", bool(main) and main[-1] == APPROVED)
        self.everybody("阶段性办结", "阶段性办结，上传阶段性办结信息", information="主流程事项均已办结")

    def over(self) -> None:
        """The supervisor sees the end: the stage completed, nothing waiting."""
        case = self.look()
        over = case["ended_at"] is not None and case["progress"]["open_tasks"] == 0
        self.teller.seen(self.supervisor, "全部事项结束，没有遗留的待办", over and case["status"] == "completed")
