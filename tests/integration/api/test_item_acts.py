"""An item case over HTTP from its suspension to the delivery of its result, and another that is withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.integration.api.world import Client, World, open_stage, problem, task_of
from tests.integration.cases.world import APPROVAL
from tests.integration.cases.world import World as Region

GROUNDS = {"procedure": "experts", "reason": "方案复杂", "basis": "实施细则第六条"}


def handled(world: World) -> tuple[list[dict[str, Any]], Region]:
    """One department's item cases, the first in handling; and the hands of everybody else."""
    opened = open_stage(world)
    lead = world.client("lead_officer")
    task = task_of(lead, opened, "接收申请")
    assert lead("POST", f"/tasks/{task['id']}/completion", {"values": {"process_type": "1"}}).status == 200
    people = Region(world.sessions, world.release, dict(world.organisations), world.database)
    people.drive(UUID(opened["id"]), until="review")
    query = f"/item-cases?stage_case_id={opened['id']}&department_id={world.organisations['approval']}"
    found = lead("GET", query).body["entries"]
    cases: list[dict[str, Any]] = sorted(found, key=lambda case: (bool(case["predecessors"]), case["item_code"]))
    for _ in ("review", "accept"):
        people.complete(*work_on(people, cases[0]))
    return cases, people


def work_on(people: Region, case: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The open task of an item case, with what people usually fill in."""
    task = next(task for task in people.tasks(UUID(case["stage_case_id"])) if str(task.item_case_id) == case["id"])
    return task, people.values(task)


def act(client: Client, case: dict[str, Any], path: str, body: dict[str, Any]) -> dict[str, Any]:
    reply = client("POST", f"/item-cases/{case['id']}/{path}", body)
    assert reply.status == 200, reply.text
    found: dict[str, Any] = reply.body
    return found


def test_an_item_is_suspended_resumed_extended_approved_and_delivered(world: World) -> None:
    (case, *_), people = handled(world)
    officer, head = world.client("officer"), world.client("department_head")
    rehearsed = officer("GET", f"/item-cases/{case['id']}/consequences?act=suspension&procedure=experts")
    assert rehearsed.status == 200, rehearsed.text
    assert officer("GET", f"/item-cases/{case['id']}").body["suspensions"] == []

    assert act(officer, case, "suspension", GROUNDS)["suspensions"][0]["ended_at"] is None
    later = (world.database.now + timedelta(days=200)).date().isoformat()
    extended = act(officer, case, "suspension/extension", {"expected_end": later, "reason": "未完"})
    assert extended["suspensions"][0]["expected_end"] == later
    act(officer, case, "suspension/evidence", {"evidence": "专家论证意见"})
    (over,) = act(officer, case, "resumption", {})["suspensions"]
    assert over["ended_at"] is not None
    assert over["evidence"]["document"] == "专家论证意见"

    longer = act(head, case, "extension", {"limit": "1WD", "reason": "复杂"})
    assert longer["extension"]["limit_text"] == "1WD"
    today = world.release.calendar.local(world.database.now).date().isoformat()
    people.complete(work_on(people, case)[0], {**APPROVAL, "result_date": today})
    delivery = {"way": "邮寄", "recipient": "张三", "delivered_on": today}
    assert act(officer, case, "delivery", delivery)["delivery"]["recipient"] == "张三"
    assert problem(officer("POST", f"/item-cases/{case['id']}/delivery", delivery))[0] == 409


def test_an_applicant_withdraws_an_item(world: World) -> None:
    (case, *_), _ = handled(world)
    applicant = world.client("applicant")

    gone = act(applicant, case, "withdrawal", {"reason": "方案调整"})

    assert gone["ended_at"] is not None
    again = applicant("POST", f"/item-cases/{case['id']}/withdrawal", {"reason": "方案调整"})
    assert problem(again)[0] == 409
