"""A stage over HTTP beyond its first planning: what is planned in addition, and what the next stage begins with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.integration.api.world import Client, Reply, World, open_stage, problem, task_of
from tests.integration.cases.world import OPINION
from tests.integration.cases.world import World as Region

NEEDED, LATER = ("062", "005"), "015"
REASON = "规划条件调整"


def people_of(world: World) -> Region:
    """The hands of everybody else."""
    return Region(world.sessions, world.release, dict(world.organisations), world.database)


def supplement(client: Client, stage_case: dict[str, Any], *items: str) -> Reply:
    return client("POST", f"/stage-cases/{stage_case['id']}/plannings", {"items": list(items), "reason": REASON})


def test_the_lead_plans_in_addition_once_the_first_report_is_out_and_nobody_else_does(world: World) -> None:
    stage_case, people = open_stage(world), people_of(world)
    lead, officer, applicant = (world.client(role) for role in ("lead_officer", "officer", "applicant"))
    body = {"engineering_id": stage_case["engineering_id"], "stage": "2", "process_type": "1", "channel": "window"}
    alone = officer("POST", "/stage-cases", body)
    assert problem(alone) == (403, "permission_missing")
    assert "引导到本阶段牵头部门的综合窗口" in alone.body["detail"]
    receive = task_of(lead, stage_case, "接收申请")
    assert lead("POST", f"/tasks/{receive['id']}/completion", {"values": {"process_type": "1"}}).status == 200
    assert problem(supplement(lead, stage_case, LATER))[0] == 409
    for task in people.tasks(UUID(stage_case["id"]), "answer"):
        code = people.scalar("SELECT subject->>'code' FROM process_instances WHERE id = :id", id=task.instance_id)
        people.complete(task, {**OPINION, "conclusion": "required" if code in NEEDED else "not_required"})
    people.drive(UUID(stage_case["id"]), until="upload")

    for client, items, refusal in (
        (officer, [LATER], (403, "not_the_lead")),
        (applicant, [LATER], (403, "not_the_lead")),
        (lead, ["999"], (422, "item_unknown")),
        (lead, [NEEDED[0]], (422, "item_planned")),
    ):
        assert problem(supplement(client, stage_case, *items)) == refusal
    planned = supplement(lead, stage_case, LATER)

    assert planned.status == 201, planned.text
    assert (planned.body["number"], planned.body["reason"]) == (2, REASON)
    assert [candidate["code"] for candidate in planned.body["candidates"]] == [LATER]
    seen = applicant("GET", f"/stage-cases/{stage_case['id']}").body["plannings"]
    assert [(entry["number"], entry["reason"]) for entry in seen] == [(1, None), (2, REASON)]
    assert problem(supplement(lead, stage_case, LATER))[0] == 409


def test_the_next_stage_begins_with_the_results_and_the_completion_of_the_stage_before(world: World) -> None:
    applicant, people = world.client("applicant"), people_of(world)
    first = open_stage(world, stage="1")
    lead_of_first = people.tasks(UUID(first["id"]))[0]
    people.complete(lead_of_first, {"process_type": "1"})
    people.drive(UUID(first["id"]))
    done = applicant("GET", f"/stage-cases/{first['id']}").body
    assert (done["status"], done["completion"]["information"]) == ("completed", "建设工程规划许可证已核发")
    assert done["earlier"] == []

    body = {"engineering_id": first["engineering_id"], "stage": "2", "process_type": "1", "channel": "online"}
    second = applicant("POST", "/stage-cases", body)
    assert second.status == 201, second.text
    lead = world.client("lead_officer")
    (before,) = lead("GET", f"/stage-cases/{second.body['id']}").body["earlier"]
    assert (before["id"], before["completion"]) == (first["id"], done["completion"])
    approved = {item["item_code"]: item["result_number"] for item in done["items"]}
    assert {entry["item_code"]: entry["result_number"] for entry in before["results"]} == approved

    people.complete(people.tasks(UUID(second.body["id"]))[0], {"process_type": "1"})
    people.drive(UUID(second.body["id"]), until="upload")
    materials = lead("GET", f"/stage-cases/{second.body['id']}").body["materials"]
    results = [material for material in materials if material["source"] == "result"]
    assert {material["result_number"] for material in results} <= set(approved.values())
    for material in results:
        assert material["result_document_id"]
        cover = lead("GET", f"/documents/{material['result_document_id']}").body
        assert (cover["kind"], cover["item_case_id"]) == ("approval_cover", material["result_item_case_id"])
    paper = lead.browser.get(f"/api/v1/documents/{results[0]['result_document_id']}/content")
    assert paper.get_data().startswith(b"%PDF")
    nobody = world.client("system_administrator")
    assert problem(nobody("GET", f"/documents/{results[0]['result_document_id']}")) == (403, "permission_missing")
