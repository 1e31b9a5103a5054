"""How the people of a random play fill in the form of a task: the usual way, or one of the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from cases.models import WorkItem
from database.clock import current_time
from tests.integration.cases.world import APPROVAL, OPINION, World

Values = dict[str, Any]
SECOND_DEPARTMENT, THIRD_DEPARTMENT = "housing", "sports"
DAYS_TO_KEEP_A_PROMISE = 10
AGAINST = {"reason": "不符合规划条件", "basis": "规划许可条件第三条", "deviation": "情况已变更"}
WITHOUT = {"reason": "各部门均不需要审批"}
MATERIALS = (
    "SELECT code, necessity FROM stage_materials WHERE stage_case_id = :case AND status = ANY(:of) ORDER BY code"
)
OF_THE_ITEM = """
    SELECT m.code FROM stage_materials m JOIN item_cases c ON c.stage_case_id = m.stage_case_id
    WHERE c.id = :item AND c.item_code = ANY(m.items) AND m.status IN ('missing', 'returned') ORDER BY m.code
"""
PROMISED = """
    SELECT m.code FROM promises p JOIN stage_materials m ON m.stage_case_id = p.stage_case_id
        AND m.code = ANY(p.materials)
    WHERE p.instance_id = :instance AND m.status IN ('deferred', 'returned') ORDER BY m.code
"""
# By form: the usual way first; those who are asked for another take one of the rest.
WAYS: dict[str, list[Values]] = {
    "planning_opinion": [OPINION, {**OPINION, "conclusion": "not_required"}],
    "close_empty": [WITHOUT],
    "confirmation": [{"result": "confirmed"}, {"result": "problem", "problem": "坐标与规划不一致"}],
    "item_review": [
        {"decision": "accept"},
        {"decision": "correction", "missing": "缺少申请表"},
        {"decision": "decline", **AGAINST},
    ],
    "item_acceptance": [{}, {"by_pledge": True}],
    "stopped_item": [{"decision": "again", "reason": "方案已调整"}, {"decision": "void", "reason": "项目停建"}],
    "pledge_notice": [{"conditions": "具备资质\n场地合格", "consequences": "撤销决定"}],
    "promise_check": [
        {"result": "kept", "note": "已现场核查"},
        {"result": "returned", "note": "字迹不清"},
        {"result": "broken", "note": "逾期未兑现"},
        {"result": "revoked", "note": "承诺不实"},
    ],
    "receive_application": [
        *[{"decision": "accepted", "process_type": "1"}] * 3,
        {"decision": "declined", "reason": "项目代码尚未赋码"},
    ],
}


def filled(world: World, task: WorkItem, way: int) -> Values:
    """The form of a task, filled in one of its ways: 0 is the usual one."""
    form = task.form or ""
    if form in BY_HAND:
        return BY_HAND[form](world, task, way)
    if form == "planning_opinion" and way >= 2:
        return _transferred(world, task)
    ways = WAYS.get(form)
    return world.values(task) if ways is None else dict(ways[way % len(ways)])


def today(world: World) -> date:
    """The day in the region."""
    return world.release.calendar.local(world.run(current_time)).date()


def _decided(world: World, task: WorkItem, way: int) -> Values:
    if way >= 2:
        return {"decision": "refuse", **AGAINST}
    return {**APPROVAL, "result_date": today(world).isoformat()}


def _transferred(world: World, task: WorkItem) -> Values:
    own = world.code_of(task.organisation_id)
    to = THIRD_DEPARTMENT if own == SECOND_DEPARTMENT else SECOND_DEPARTMENT
    department = str(world.organisations[to])
    return {"conclusion": "transferred", "transferred_to": department, "transfer_reason": "不属本部门职责"}


def _final(world: World, task: WorkItem, way: int) -> Values:
    department = str(world.organisations[SECOND_DEPARTMENT])
    return {
        "conclusion": "not_required" if way % 2 else "required",
        "department": department,
        "attendees": [department],
        "reviewed_on": today(world).isoformat(),
        "minutes": "各部门一致同意。",
        "files": _files(world, task),
        "reason": "由住建部门审批",
    }


def _meeting(world: World, task: WorkItem, way: int) -> Values:
    return {
        "mode": "offline" if way % 2 else "online",
        "held_on": today(world).isoformat(),
        "files": _files(world, task),
        "attendees": [str(world.organisations[code]) for code in (SECOND_DEPARTMENT, THIRD_DEPARTMENT)],
        "outcome": "坐标已核对一致。",
    }


def _dispatched(world: World, task: WorkItem, way: int) -> Values:
    if not way % 2:
        return {"joint_meeting": False}
    held_on = today(world).isoformat()
    return {"joint_meeting": True, "mode": "online", "held_on": held_on, "files": _files(world, task)}


def _handed_in(world: World, task: WorkItem, way: int) -> Values:
    """Everything that is missing; the other way defers what may be deferred and leaves out what may not apply."""
    rows = world.rows(MATERIALS, case=task.stage_case_id, of=["missing", "returned"])
    by = (today(world) + timedelta(days=DAYS_TO_KEEP_A_PROMISE)).isoformat()
    instead: dict[str, Values] = {
        "deferrable": {"status": "deferred", "promised_by": by},
        "conditional": {"status": "not_applicable", "reason": "本项目不涉及"},
    }
    here = [row.code for row in rows if not way % 2 or row.necessity not in instead]
    others = [{"code": row.code, **instead[row.necessity]} for row in rows if row.code not in here]
    return {"materials": [*_uploaded(world, task, here), *others]}


def _promised(world: World, task: WorkItem, way: int) -> Values:
    """What was promised; the other way forgets it."""
    codes = [] if way % 2 else [row.code for row in world.rows(PROMISED, instance=task.instance_id)]
    return {"materials": _uploaded(world, task, codes)}


def _uploaded(world: World, task: WorkItem, codes: list[str]) -> list[Values]:
    if not codes:
        return []
    reference = str(world.upload(world.worker(task)))
    return [{"code": code, "status": "submitted", "reference": reference} for code in codes]


def _files(world: World, task: WorkItem) -> list[Values]:
    return [{"reference": str(world.upload(world.worker(task)))}]


def _reviewed(world: World, task: WorkItem, way: int) -> Values:
    """Everything passes; the other way returns the first material."""
    codes = [row.code for row in world.rows(MATERIALS, case=task.stage_case_id, of=["submitted"])]
    entries: list[Values] = [{"code": code, "result": "passed"} for code in codes]
    if way % 2 and entries:
        entries[0].update(result="returned", reason="盖章不清")
    return {"decision": "returned" if way % 2 and entries else "passed", "materials": entries}


def _corrected(world: World, task: WorkItem, way: int) -> Values:
    codes = [row.code for row in world.rows(OF_THE_ITEM, item=task.item_case_id)]
    return {"materials": _uploaded(world, task, codes)}


def _pledged(world: World, task: WorkItem, way: int) -> Values:
    day = today(world)
    return {
        "promises": "已知晓\n按期整改",
        "signatory": "张三",
        "signed_on": day.isoformat(),
        "due_on": (day + timedelta(days=30)).isoformat(),
        "reference": str(world.upload(world.worker(task))),
    }


BY_HAND: dict[str, Callable[[World, WorkItem, int], Values]] = {
    "final_planning": _final,
    "joint_meeting": _meeting,
    "dispatch": _dispatched,
    "submit_materials": _handed_in,
    "item_correction": _corrected,
    "item_decision": _decided,
    "deferred_materials": _promised,
    "formal_review": _reviewed,
    "pledge": _pledged,
}
