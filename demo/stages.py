"""Any process type: its stages one after the other, or one of them, every candidate item required and approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from demo.play import APPROVED, Play
from demo.telling import Teller
from features.steps import desk
from features.steps.codes import AREA
from features.steps.desk import Task
from features.steps.person import Person, Refusal


class UnknownStage(Exception):
    """The process type or stage that was asked for is not there; the message says which are."""


class Stages(Play):
    """A project through the stages of a process type."""

    def __init__(
        self, people: Mapping[str, Person], teller: Teller, process_type: str, stage: str | None = None
    ) -> None:
        super().__init__(people, teller)
        self.process_type, self.stages = self._find(process_type, stage)
        self.result = 0

    def _find(self, code: str, stage: str | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The process type and the stages to play, as the release in force has them."""
        release = next(self.applicant.pages("/releases", region_code=AREA))
        known = {entry["code"]: entry for entry in self.applicant.get(f"/releases/{release['id']}")["process_types"]}
        if code not in known:
            raise UnknownStage(f"没有流程类型 {code}，可用：{'、'.join(known)}。")
        stages = {str(entry["number"]): entry for entry in known[code]["stages"]}
        if stage is not None and stage not in stages:
            raise UnknownStage(f"流程类型 {code} 没有阶段 {stage}，可用：{'、'.join(stages)}。")
        return known[code], list(stages.values()) if stage is None else [stages[stage]]

    def tell(self) -> None:
        """Play the stages; raises ``WentWrong`` or ``Refusal`` at the first thing that is not right."""
        self.teller.chapter(f"流程类型 {self.process_type['code']} {self.process_type['name']}")
        engineering = self.register("闾山片区建设项目", "按流程类型演示", self.supervisor)
        for stage in self.stages:
            self.teller.chapter(f"阶段 {stage['number']} {stage['name']}，{stage['limit']}")
            self.start(engineering, self.process_type["code"], stage["code"], stage["name"])
            self.plan(stage)
            self.take_in()
            self.dispatch(stage)
            self.handle(stage)

    def plan(self, stage: Mapping[str, Any]) -> None:
        name = self.process_type["name"]
        self.everybody("接收申请", f"接收申请，选择流程图“{name}”", process_type=self.process_type["code"])
        asked = self.everybody("回复策划意见", "需要审批", conclusion="required")
        codes = {item["code"] for item in stage["items"]}
        self.teller.seen(self.supervisor, f"{len(codes)} 个候选事项都有了意见", asked == codes)
        self.everybody("出具策划报告", "出具策划报告，通过系统一次性告知", delivery="system")

    def take_in(self) -> None:
        missing = [row for row in self.look(self.applicant)["materials"] if row["status"] == "missing"]
        rows = desk.hand_in(self.applicant, missing)
        self.everybody("网上提交材料", f"上传 {len(rows)} 份材料，每份只传一次", materials=rows)
        waiting = [row["code"] for row in self.look()["materials"] if row["status"] == "submitted"]
        passed = [{"code": code, "result": "passed"} for code in waiting]
        self.everybody("形式审查", f"形式审查：{len(passed)} 份材料通过", decision="passed", materials=passed)
        self.everybody("正式收件", "正式收件")
        receipt = self.look(self.applicant)["receipt"]
        self.teller.seen(self.applicant, f"收件凭证 {receipt}", bool(receipt))

    def dispatch(self, stage: Mapping[str, Any]) -> None:
        self.everybody("最后确认", "没有问题", result="confirmed")
        self.everybody("统一转办", "统一转办")
        dispatched = {(item["item_code"], item["main"]) for item in self.look()["items"]}
        planned = {(item["code"], item["main"]) for item in stage["items"]}
        self.teller.seen(self.supervisor, f"转办的正是策划定下的 {len(planned)} 个事项", dispatched == planned)

    def handle(self, stage: Mapping[str, Any]) -> None:
        """Every department works off what it may; an item whose predecessors are open is accepted later."""
        self.everybody("审核", "达到条件", decision="accept")
        limits = {item["code"]: item["limit"] for item in stage["items"]}
        while True:
            accepted = self.accept()
            for who, task in list(self.open("办理")):
                self.approve(who, task, limits[task["item_code"]])
            self.complete()
            if not accepted:
                break
        case = self.look()
        over = case["ended_at"] is not None and case["progress"]["open_tasks"] == 0
        self.teller.seen(self.supervisor, "全部事项结束，没有遗留的待办", over and case["status"] == "completed")

    def accept(self) -> int:
        """Accept what can be accepted now; how many items that were."""
        accepted = 0
        for who, task in list(self.open("受理")):
            try:
                self.do(who, "受理", f"受理“{task['item_name']}”", task)
            except Refusal as refusal:
                if refusal.problem.get("code") != "predecessors_open":
                    raise
            else:
                accepted += 1
        return accepted

    def approve(self, who: str, task: Task, limit: str) -> None:
        self.result += 1
        wishes = {
            "decision": "approve",
            "result_number": f"北镇演示〔2026〕{self.result}号",
            "result_title": f"关于{task['item_name']}的批复",
        }
        self.do(who, "办理", f"准予“{task['item_name']}”，时限 {task['limit_text']}", task, **wishes)
        right = self.item(task["item_code"])["status"] == APPROVED and task["limit_text"] == limit
        self.teller.seen(self.supervisor, f"已办结，时限是流程类型定的 {limit}", right)

    def complete(self) -> None:
        """The lead completes the stage as soon as the main-line items are approved."""
        if not any(self.open("阶段性办结")):
            return
        main = [item["status"] for item in self.look()["items"] if item["main"]]
        self.teller.seen(self.supervisor, "主流程事项都已办结", set(main) == {APPROVED})
        self.everybody("阶段性办结", "阶段性办结，上传阶段性办结信息", information="主流程事项均已办结")

    def open(self, name: str) -> Iterator[tuple[str, Task]]:
        """The open tasks of a name with whose they are, one task only once."""
        seen = set()
        for who, person in self.people.items():
            for task in desk.tasks(person, self.stage_case):
                if task["name"] == name and task["id"] not in seen:
                    seen.add(task["id"])
                    yield who, task

    def everybody(self, name: str, what: str, **wishes: Any) -> set[str]:
        """Whoever has a task of this name completes it; the codes of the items that the tasks were about."""
        tasks = list(self.open(name))
        for who, task in tasks:
            about = f"{name}“{task['item_name']}”：{what}" if task["item_name"] else what
            self.do(who, name, about, task, **wishes)
        self.teller.seen(self.supervisor, f"“{name}”都已办完", bool(tasks) and not any(self.open(name)))
        return {str(task["item_code"]) for _, task in tasks}
