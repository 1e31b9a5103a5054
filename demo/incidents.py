"""The short stories: one thing that may happen to a stage, with what it does and what it leaves untouched."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from demo.flow import Flow
from demo.play import APPROVED
from demo.telling import Teller
from features.steps.cast import Cast
from features.steps.person import Refusal

PROCESS_TYPE, STAGE = "1", "2"
JOINT_REVIEW, SCHEME, MONUMENTS, TRANSFERRED = "061", "062", "005", "050"
SURVEY = "survey"
CORRECTING, REFUSED = 6, 13
BASIS = "《中华人民共和国文物保护法》第二十九条"
CONFLICT = 409


class Incident(Flow):
    """The stage 工程建设许可 of process type 1, with the few items that the story needs."""

    def __init__(self, cast: Cast, teller: Teller) -> None:
        super().__init__(cast, teller, PROCESS_TYPE, STAGE)
        self.stage = self.stages[0]
        self.engineering = ""

    def begin(self, name: str) -> None:
        """A project whose departments are asked for their opinions."""
        self.teller.chapter("登记、申请和策划")
        self.engineering = self.register(name, "新建教学楼一栋，建筑面积 8600 平方米", self.supervisor)
        self.apply(self.engineering, self.stage)

    def plan(self, needed: Collection[str], waiting: Collection[str] | None = None) -> None:
        """The departments answer about what waits for them: needed or not."""
        asked = {item["code"] for item in self.stage["items"]} if waiting is None else set(waiting)
        self.everybody("回复策划意见", "需要审批", asked & set(needed), conclusion="required")
        self.everybody("回复策划意见", "无需审批", asked - set(needed), conclusion="not_required")

    def go_to_handling(self, needed: Collection[str]) -> None:
        """Planned, taken in and dispatched."""
        self.plan(needed)
        self.report()
        self.take_in()
        self.dispatch(needed)


class Transfer(Incident):
    """An item is transferred twice, and the lead department records the final planning."""

    def tell(self) -> None:
        self.begin("闾山文化馆新建项目")
        others = {item["code"] for item in self.stage["items"]} - {TRANSFERRED}
        self.plan({SCHEME}, others)
        answered = len(self.look()["opinions"])
        self.teller.chapter("部门转办和最终策划")
        housing, sports = self.cast.user("housing"), self.cast.user("sports")
        transferred = {"conclusion": "transferred", "transferred_to": housing.organisation}
        self.everybody("回复策划意见", f"不属本部门，转{housing.name}所在部门", {TRANSFERRED}, **transferred)
        asked = [task["item_code"] for task in self.tasks("housing", "二次策划")]
        self.teller.seen(housing, "只收到这一个事项的二次策划", asked == [TRANSFERRED])
        transferred["transferred_to"] = sports.organisation
        self.everybody("二次策划", f"也不属本部门，转{sports.name}所在部门", {TRANSFERRED}, **transferred)
        self.teller.seen(self.supervisor, "再次转办的不再问第三个部门", not self.waiting("二次策划"))
        self.teller.seen(self.supervisor, "定下之前不能出具策划报告", not self.waiting("出具策划报告"))
        settled = {
            "conclusion": "required",
            "department": housing.organisation,
            "minutes": "三部门现场会商，由住建局审批",
        }
        self.everybody("最终策划", "按线下审核的记录定为需要审批", {TRANSFERRED}, **settled)
        self.teller.seen(self.supervisor, "其他部门的意见没有变", len(self.look()["opinions"]) == answered + 3)
        self.report()
        self.take_in()
        self.dispatch({SCHEME, TRANSFERRED})
        item = self.item(TRANSFERRED)
        self.teller.seen(housing, "转办到最终策划定下的部门", item["department_id"] == housing.organisation)


class Correction(Incident):
    """Materials of one item are corrected through the window; the other items go on."""

    def tell(self) -> None:
        self.begin("闾山中学实验楼")
        self.go_to_handling({SCHEME, MONUMENTS})
        self.teller.chapter("补正")
        self.everybody("审核", "材料缺失，需要补正", {MONUMENTS}, decision="correction", missing="缺少考古勘探报告")
        self.teller.seen(self.supervisor, "办件进入补正", self.item(MONUMENTS)["status"] == CORRECTING)
        self.review(SCHEME)
        self.approve(SCHEME)
        self.everybody("补正材料", "收到补正的材料", {MONUMENTS}, note="考古勘探报告一册")
        [again] = self.waiting("审核", {MONUMENTS})
        same = again["organisation_id"] == self.item(MONUMENTS)["department_id"]
        self.teller.seen(self.supervisor, "办件回到原部门原环节", same)
        self.teller.seen(self.supervisor, "同一办件不能再次补正", self.correct_twice(again) == CONFLICT)
        self.review(MONUMENTS)
        self.approve(MONUMENTS)
        self.finish()
        self.over()

    def correct_twice(self, task: Any) -> int:
        """The status with which a second correction is refused; 200 when it was not."""
        try:
            self.complete(self.holder(task), task, "再次补正", decision="correction", missing="又缺一份")
        except Refusal as refusal:
            return refusal.status
        return 200


class Suspension(Incident):
    """A suspended auxiliary item touches nothing else; a main-line item freezes its stage until it is resumed."""

    def tell(self) -> None:
        self.begin("闾山图书馆扩建项目")
        self.go_to_handling({SCHEME, MONUMENTS})
        self.review(SCHEME, MONUMENTS)
        self.teller.chapter("辅助事项挂起，不影响其他事项")
        self.suspend("approver", MONUMENTS)
        self.teller.seen(self.supervisor, "阶段没有冻结", not self.look()["progress"]["suspended"])
        self.teller.seen(self.supervisor, "主流程事项照常办理", bool(self.waiting("办理", {SCHEME})))
        self.resume("approver", MONUMENTS)
        self.teller.chapter("主流程事项挂起，本阶段冻结")
        scheme = f"/item-cases/{self.item(SCHEME)['id']}"
        ahead = self.cast.user("planner").get(f"{scheme}/consequences", act="suspension", procedure=SURVEY)
        frozen = self.item(MONUMENTS)["name"] in {found["name"] for found in ahead["items_frozen"]}
        self.teller.seen(self.cast.user("planner"), "挂起之前说明：辅助事项也将不能办理", frozen)
        [handling] = self.waiting("办理", {MONUMENTS})
        self.suspend("planner", SCHEME)
        self.teller.seen(self.supervisor, "阶段已冻结", self.look()["progress"]["suspended"])
        stopped = self.refused("approver", handling) == CONFLICT and self.is_open(handling)
        self.teller.seen(self.supervisor, "冻结期间辅助事项也办不了", stopped)
        self.resume("planner", SCHEME)
        self.teller.seen(self.supervisor, "阶段已解冻", not self.look()["progress"]["suspended"])
        self.approve(MONUMENTS)
        self.approve(SCHEME)
        self.finish()
        self.over()

    def suspend(self, who: str, item: str) -> None:
        self._act(who, item, "suspension", "因踏勘挂起", procedure=SURVEY, reason="现场踏勘", basis=BASIS)
        self.teller.seen(self.supervisor, "挂起有登记", self._held(item))

    def resume(self, who: str, item: str) -> None:
        self._act(who, item, "resumption", "凭现场踏勘记录解挂", evidence="现场踏勘记录")
        self.teller.seen(self.supervisor, "挂起已结束", not self._held(item))

    def _act(self, who: str, item: str, path: str, what: str, **body: str) -> None:
        person, case = self.cast.user(who), self.item(item)
        person.post(f"/item-cases/{case['id']}/{path}", body)
        self.teller.step(person, f"{what}“{case['name']}”", self._last_change(item, path))

    def _last_change(self, item: str, path: str) -> str:
        last = self._suspensions(item)[-1]
        return str(last["started_at"] if path == "suspension" else last["ended_at"])

    def _held(self, item: str) -> bool:
        """Whether the supervisor sees that an item is suspended now, with its words."""
        return any(entry["ended_at"] is None and entry["basis"] == BASIS for entry in self._suspensions(item))

    def _suspensions(self, item: str) -> list[Any]:
        case = self.supervisor.get(f"/item-cases/{self.item(item)['id']}")
        return sorted(case["suspensions"], key=lambda entry: str(entry["started_at"]))


class Refused(Incident):
    """A main-line item is refused, the stage is void; a new stage case of the engineering reuses what is on file."""

    def tell(self) -> None:
        self.begin("闾山体育中心")
        self.go_to_handling({JOINT_REVIEW, SCHEME, MONUMENTS})
        self.review(JOINT_REVIEW)
        self.approve(JOINT_REVIEW)
        self.review(SCHEME, MONUMENTS)
        self.teller.chapter("主流程事项不予审批，本阶段作废")
        self.refuse()
        case = self.look()
        ended = all(item["ended_at"] for item in case["items"])
        self.teller.seen(self.supervisor, "阶段已作废，其他办件随之终止", case["status"] == "void" and ended)
        self.teller.seen(self.supervisor, "没有遗留的待办", case["progress"]["open_tasks"] == 0)
        self.teller.seen(self.supervisor, "作废之前办结的事项保留结果", self.item(JOINT_REVIEW)["status"] == APPROVED)
        self.teller.chapter("重新发起本阶段，沿用已存档的材料")
        void, brought = self.stage_case, {row["code"] for row in case["materials"] if row["status"] == "passed"}
        self.apply(self.engineering, self.stage)
        self.teller.seen(
            self.supervisor, "新的阶段办理，作废的保留在案", self.stage_case != void and self.is_void(void)
        )
        self.plan({SCHEME, MONUMENTS})
        self.report()
        self.teller.seen(self.applicant, "已存档的材料不用再交", self.reused() == brought & self.asked())
        self.take_in()
        self.dispatch({SCHEME, MONUMENTS})
        self.review(SCHEME, MONUMENTS)
        self.approve()
        self.finish()
        self.over()

    def refuse(self) -> None:
        """The decision, after its consequences have been shown."""
        [task] = self.waiting("办理", {SCHEME})
        person = self.holder(task)
        ahead = person.get(f"/tasks/{task['id']}/consequences", decision="refuse")
        ended = self.item(MONUMENTS)["name"] in {found["name"] for found in ahead["items_ended"]}
        self.teller.seen(
            person, "决定之前说明：本阶段将作废，辅助事项随之终止", ahead["stage_status"] == "void" and ended
        )
        words = {"reason": "设计方案不符合规划条件", "basis": BASIS, "deviation": "策划之后方案有变"}
        self.complete(person, task, f"不予审批“{task['item_name']}”：{words['reason']}", decision="refuse", **words)
        self.teller.seen(self.applicant, "不予审批及其理由", self.told(words["reason"]))

    def told(self, reason: str) -> bool:
        """Whether the applicant sees the refusal with its reason."""
        items = self.look(self.applicant)["items"]
        return [item["end_reason"] for item in items if item["status"] == REFUSED] == [reason]

    def is_void(self, stage_case: str) -> bool:
        return bool(self.supervisor.get(f"/stage-cases/{stage_case}")["status"] == "void")

    def reused(self) -> set[str]:
        """The materials that need not be brought again, as the applicant sees it."""
        materials = self.look(self.applicant)["materials"]
        return {row["code"] for row in materials if row["source"] == "on_file" and row["status"] == "passed"}

    def asked(self) -> set[str]:
        return {row["code"] for row in self.look(self.applicant)["materials"]}
