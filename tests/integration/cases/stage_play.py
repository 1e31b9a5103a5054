"""A stage of the reference pack as random people play it: what they try, and what came of it, in their words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from accounts.actor import Actor
from cases.complete_task import complete_task
from cases.deliver_result import deliver_result
from cases.evidence import Evidence, record_evidence
from cases.extend_limit import extend_limit
from cases.extend_procedure import extend_procedure
from cases.models import WorkItem
from cases.resume_item import resume_item
from cases.start_supplementary_planning import start_supplementary_planning
from cases.suspend_item import suspend_item
from cases.withdraw_item import withdraw_item
from database import clock
from errors import Refused
from tests.integration.cases.stage_forms import Values, filled, today
from tests.integration.cases.world import World

ACT = timedelta(minutes=1)
# Nothing that differs between two runs of one story decides who is next: no id, no order of rows written at once.
TASKS = """
    SELECT w.id, w.element_id, w.name, w.form, w.role, w.organisation_id, w.stage_case_id, w.item_case_id,
        w.instance_id, p.kind AS process_kind, p.subject->>'code' AS code, c.main
    FROM work_items w JOIN process_instances p ON p.id = w.instance_id JOIN organisations o ON o.id = w.organisation_id
    LEFT JOIN item_cases c ON c.id = w.item_case_id
    WHERE w.stage_case_id = :id AND w.status = 'open'
    ORDER BY w.element_id, code NULLS FIRST, o.code, w.opened_at
"""
ITEMS = "SELECT * FROM item_cases WHERE stage_case_id = :id ORDER BY item_code, attempt"
LIMITS = """
    SELECT d.* FROM due_rows d JOIN process_instances p ON p.id = d.instance_id
    LEFT JOIN organisations o ON o.id = d.organisation_id
    WHERE d.stage_case_id = :id AND d.fired_at IS NULL AND d.cancelled_at IS NULL
    ORDER BY d.due_at, d.element_id, d.kind, p.subject->>'code', o.code
"""
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
    "limit_extensions",
    "promises",
    "deliveries",
    "issued_documents",
    "outbox",
    "audit_entries",
)
TRACE = " UNION ALL ".join(
    f"SELECT '{table}' AS name, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS trace FROM {table} t"
    for table in KEPT
)


class BreaksDown(Exception):
    """The process that carried an act out is gone before the commit."""


@dataclass
class Play:
    """One stage case, and what was said about it; ``voided`` is what the play itself did to end it."""

    world: World
    stage_case: UUID
    tell: Callable[[str], None] = field(default=lambda line: None)
    voided: bool = False

    def tasks(self, element: str | None = None) -> list[Any]:
        """The open tasks, in an order that is the same in every run of a story."""
        rows = self.world.rows(TASKS, id=self.stage_case)
        return [row for row in rows if element in (None, row.element_id)]

    def items(self) -> list[Any]:
        """The item cases, in the order of their codes."""
        return self.world.rows(ITEMS, id=self.stage_case)

    def limits(self) -> list[Any]:
        """What may still fire, the earliest first."""
        return self.world.rows(LIMITS, id=self.stage_case)

    def status(self) -> str:
        """Where the stage stands."""
        found: str = self.world.scalar("SELECT status FROM stage_cases WHERE id = :id", id=self.stage_case)
        return found

    def trace(self) -> dict[str, str]:
        """A digest of every table that an act may change."""
        return {row.name: row.trace for row in self.world.rows(TRACE)}

    def wait(self, by: timedelta) -> None:
        """Time passes."""
        self.world.run(lambda session: clock.move_clock(session.connection(), by))

    def held(self, task: Any) -> bool:
        """Whether a hold covers the task of an item; those of its promise and of its special procedure none does."""
        if task.item_case_id is None or task.process_kind in ("promise", "procedure"):
            return False
        return bool(
            self.world.rows(
                "SELECT FROM holds WHERE stage_case_id = :stage AND ended_at IS NULL "
                "AND (item_case_id IS NULL OR item_case_id = :item)",
                stage=self.stage_case,
                item=task.item_case_id,
            )
        )

    def attempt(self, story: str, act: Callable[[], Any]) -> Refused | None:
        """Somebody tries something: refused, it changed nothing; done, what changed is in the audit (U3)."""
        self.wait(ACT)
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

    def break_down(self, story: str, task: Any, values: Values, actor: Actor) -> None:
        """The process is gone after the work and before the commit: nothing of it is left (U5)."""
        before = self.trace()

        def work(session: Any) -> None:
            complete_task(session, actor, task.id, values)
            raise BreaksDown

        try:
            self.world.run(work)
        except (BreaksDown, Refused) as end:
            self.tell(f"{story}：{'中途断电' if isinstance(end, BreaksDown) else f'不行，{end}'}")
        assert self.trace() == before, f"U5 没有提交的操作留下了痕迹：{story}"

    def about(self, task: Any) -> str:
        """A task in words."""
        return f"{self.world.code_of(task.organisation_id)} 办理“{task.name}”{task.code or ''}"

    def values(self, task: Any, way: int = 0) -> Values:
        """A way to fill in the form of a task: 0 is the usual one."""
        return filled(self.world, task, way)

    def complete(self, task: WorkItem, way: int = 0, actor: Actor | None = None) -> Refused | None:
        """Somebody completes a task in one of the ways."""
        who, values = actor or self.world.worker(task), self.values(task, way)
        refusal = self.attempt(f"{self.about(task)}{said(values)}", lambda: self.world.complete(task, values, who))
        if refusal is None:
            self.notice(task, values)
        return refusal

    def notice(self, task: Any, values: Values) -> None:
        """What was done ends the stage where the refusal of a main-line item, or the lead department, says so."""
        decision = values.get("decision")
        self.voided |= (bool(task.main) and decision == "refuse") or (
            task.form == "stopped_item" and decision == "void"
        )

    def officer(self, item: Any, role: str = "officer") -> Actor:
        """Somebody of the item's department."""
        return self.world.person(item.department_id, role)

    def _item(self, verb: str, item: Any, who: Actor, command: Any, **values: Any) -> Refused | None:
        act = lambda: self.world.run(lambda session: command(session, who, item.id, **values))  # noqa: E731
        return self.attempt(f"{who.display_name} {verb} {item.item_code}", act)

    def suspend(self, item: Any, procedure: str, actor: Actor | None = None) -> Refused | None:
        """The department suspends an item."""
        who, word = actor or self.officer(item), self.world.release.special_procedures[procedure].name
        grounds = {"procedure": procedure, "reason": "方案复杂", "basis": "实施细则第六条"}
        return self._item(f"因{word}挂起", item, who, suspend_item, **grounds)

    def resume(self, item: Any) -> Refused | None:
        """The department resumes it."""
        return self._item("解挂", item, self.officer(item), resume_item, evidence="意见书")

    def prove(self, item: Any) -> Refused | None:
        """The department records what proves the end of the special procedure."""
        evidence = Evidence("专家论证意见〔2026〕3号")
        return self._item("登记证明", item, self.officer(item), record_evidence, evidence=evidence)

    def extend(self, item: Any, actor: Actor | None = None) -> Refused | None:
        """The head of the department extends the limit of an item."""
        who = actor or self.officer(item, "department_head")
        return self._item("延长时限", item, who, extend_limit, limit="5WD", reason="案情复杂")

    def extend_procedure(self, item: Any, days: int) -> Refused | None:
        """The department extends the special procedure of an item."""
        until = today(self.world) + timedelta(days=days)
        act = {"expected_end": until, "reason": "专家未到齐"}
        return self._item(f"延长特殊环节到 {until:%m-%d}", item, self.officer(item), extend_procedure, **act)

    def withdraw(self, item: Any, actor: Actor | None = None) -> Refused | None:
        """The window withdraws it for the applicant."""
        return self._item("撤回", item, actor or self.clerk(), withdraw_item, reason="方案调整")

    def deliver(self, item: Any) -> Refused | None:
        """The window delivers the result."""
        given = {"way": "窗口领取", "recipient": "张三", "delivered_on": today(self.world)}
        return self._item("送达", item, self.clerk(), deliver_result, **given)

    def plan_more(self, code: str) -> Refused | None:
        """The lead department begins a supplementary planning."""
        lead = self.world.person(self._case("lead_id"), "lead_officer")
        details: dict[str, Any] = {"items": (code,), "reason": "规划条件调整"}
        begin = lambda session: start_supplementary_planning(session, lead, self.stage_case, **details)  # noqa: E731
        return self.attempt(f"{lead.display_name} 补充策划 {code}", lambda: self.world.run(begin))

    def clerk(self) -> Actor:
        """A clerk of the stage's window."""
        return self.world.person(self._case("window_id"), "window_clerk")

    def _case(self, column: str) -> UUID:
        found: UUID = self.world.scalar(f"SELECT {column} FROM stage_cases WHERE id = :id", id=self.stage_case)
        return found


def said(values: Values) -> str:
    """What a form decides, as far as it says so in one word."""
    found = values.get("decision") or values.get("conclusion") or values.get("result")
    return f"，填 {found}" if found else ""
