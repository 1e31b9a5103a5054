"""A stage of the reference pack as random people play it: what they try, and what came of it, in their words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from accounts.actor import Actor
from cases.models import WorkItem
from cases.resume_item import resume_item
from cases.suspend_item import suspend_item
from cases.withdraw_item import withdraw_item
from errors import Refused
from tests.integration.cases.world import OPINION, World

SECOND_DEPARTMENT, THIRD_DEPARTMENT = "housing", "sports"
AGAINST = {"reason": "不符合规划条件", "basis": "规划许可条件第三条", "deviation": "情况已变更"}
WAYS: dict[str, list[dict[str, Any]]] = {
    "planning_opinion": [{**OPINION, "conclusion": "not_required"}],
    "item_review": [
        {"decision": "correction", "missing": "缺少申请表"},
        {"decision": "decline", **AGAINST},
    ],
    "item_decision": [{"decision": "refuse", **AGAINST}],
    "confirmation": [{"result": "problem", "problem": "坐标与规划不一致"}],
}
OTHERWISE = [{"decision": "again", "reason": "方案已调整"}, {"decision": "void", "reason": "项目停建"}]
# Everything that an act on a stage may change; a refused act changes none of it.
KEPT = (
    "work_items",
    "item_cases",
    "status_events",
    "holds",
    "due_rows",
    "process_instances",
    "stage_cases",
    "plannings",
    "planning_opinions",
    "planning_reports",
    "stage_materials",
    "issued_documents",
    "outbox",
    "audit_entries",
)
TRACE = " UNION ALL ".join(
    f"SELECT '{table}' AS name, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS trace FROM {table} t"
    for table in KEPT
)


@dataclass
class Play:
    """One stage case, and what was said about it; ``voided`` is what the play itself did to end it."""

    world: World
    stage_case: UUID
    tell: Callable[[str], None] = field(default=lambda line: None)
    voided: bool = False

    def tasks(self, element: str | None = None) -> list[WorkItem]:
        """The open tasks."""
        return self.world.tasks(self.stage_case, element)

    def items(self) -> list[Any]:
        """The item cases, in the order of their codes."""
        return self.world.rows(
            "SELECT * FROM item_cases WHERE stage_case_id = :id ORDER BY item_code, attempt", id=self.stage_case
        )

    def status(self) -> str:
        """Where the stage stands."""
        found: str = self.world.scalar("SELECT status FROM stage_cases WHERE id = :id", id=self.stage_case)
        return found

    def trace(self) -> dict[str, str]:
        """A digest of every table that an act may change."""
        return {row.name: row.trace for row in self.world.rows(TRACE)}

    def held(self, item_case: UUID | None) -> bool:
        """Whether a hold covers the item case, or with None the stage."""
        return bool(
            self.world.rows(
                "SELECT FROM holds WHERE stage_case_id = :stage AND ended_at IS NULL "
                "AND (item_case_id IS NULL OR item_case_id = :item)",
                stage=self.stage_case,
                item=item_case,
            )
        )

    def attempt(self, story: str, act: Callable[[], Any]) -> Refused | None:
        """Somebody tries something: refused, it changed nothing; done, what changed is in the audit (U3)."""
        before = self.trace()
        try:
            act()
        except Refused as refusal:
            self.tell(f"{story}：不行，{refusal}")
            assert self.trace() == before, f"被拒绝的操作改动了数据：{story}"
            return refusal
        self.tell(f"{story}：办成了")
        after = self.trace()
        changed = [name for name in KEPT if after[name] != before[name]]
        assert not changed or "audit_entries" in changed, f"U3 改动没有审计记录：{changed}"
        return None

    def about(self, task: WorkItem) -> str:
        """A task in words."""
        subject = self.world.scalar(
            "SELECT subject->>'code' FROM process_instances WHERE id = :id", id=task.instance_id
        )
        return f"{self.world.code_of(task.organisation_id)} 办理“{task.name}”{subject or ''}"

    def values(self, task: WorkItem, way: int) -> dict[str, Any]:
        """A way to fill in the form: 0 is the usual one, others turn things down, transfer them or send them back."""
        if task.form == "stopped_item":
            return OTHERWISE[way % len(OTHERWISE)]
        if task.form in ("close_empty",) or task.element_id == "no_main":
            return {"reason": "各部门均不需要审批"}
        if task.form == "final_planning":
            return self._final(task, way)
        if task.form == "formal_review":
            return self._reviewed(task, way)
        if task.element_id in ("answer", "answer_second") and way >= 2:
            return self._transferred(task)
        if task.form == "planning_opinion" and way == 0:
            return dict(OPINION)
        ways = WAYS.get(task.form or "", [])
        return self.world.values(task) if way == 0 or not ways else ways[(way - 1) % len(ways)]

    def _transferred(self, task: WorkItem) -> dict[str, Any]:
        own = self.world.code_of(task.organisation_id)
        to = THIRD_DEPARTMENT if own == SECOND_DEPARTMENT else SECOND_DEPARTMENT
        department = str(self.world.organisations[to])
        return {"conclusion": "transferred", "transferred_to": department, "transfer_reason": "不属本部门职责"}

    def _final(self, task: WorkItem, way: int) -> dict[str, Any]:
        department = str(self.world.organisations[SECOND_DEPARTMENT])
        return {
            "conclusion": "not_required" if way % 2 else "required",
            "department": department,
            "attendees": [department],
            "reviewed_on": "2026-03-02",
            "minutes": "各部门一致同意。",
            "files": [{"reference": str(self.world.upload(self.world.worker(task)))}],
            "reason": "由住建部门审批",
        }

    def _reviewed(self, task: WorkItem, way: int) -> dict[str, Any]:
        values = self.world.values(task)
        if way % 2 and values["materials"]:
            values["materials"][0].update(result="returned", reason="盖章不清")
            values["decision"] = "returned"
        return values

    def complete(self, task: WorkItem, way: int = 0, actor: Actor | None = None) -> Refused | None:
        """Somebody completes a task in one of the ways."""
        who, values = actor or self.world.worker(task), self.values(task, way)
        said = values.get("decision") or values.get("conclusion") or values.get("result") or ""
        return self.attempt(f"{self.about(task)} {said}", lambda: self.world.complete(task, values, who))

    def officer(self, item: Any) -> Actor:
        """Somebody of the item's department."""
        return self.world.person(item.department_id, "officer")

    def suspend(self, item: Any, procedure: str, actor: Actor | None = None) -> Refused | None:
        """The department suspends an item."""
        who = actor or self.officer(item)
        grounds: dict[str, Any] = {"procedure": procedure, "reason": "方案复杂", "basis": "实施细则第六条"}
        act = lambda: self.world.run(lambda session: suspend_item(session, who, item.id, **grounds))  # noqa: E731
        return self.attempt(f"{who.display_name} 挂起 {item.item_code}（{procedure}）", act)

    def resume(self, item: Any) -> Refused | None:
        """The department resumes it."""
        who = self.officer(item)
        act = lambda: self.world.run(lambda session: resume_item(session, who, item.id, evidence="意见书"))  # noqa: E731
        return self.attempt(f"{who.display_name} 解挂 {item.item_code}", act)

    def withdraw(self, item: Any, actor: Actor | None = None) -> Refused | None:
        """The window withdraws it for the applicant."""
        who = actor or self.world.clerk
        act = lambda: self.world.run(lambda session: withdraw_item(session, who, item.id, reason="方案调整"))  # noqa: E731
        return self.attempt(f"{who.display_name} 撤回 {item.item_code}", act)
