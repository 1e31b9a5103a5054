"""Intake over HTTP: the applicant uploads, the window judges, the receipt comes; each wrong step is refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.integration.api.test_files import upload
from tests.integration.api.world import Client, Reply, World, open_stage, problem, task_of
from tests.integration.cases.world import World as Region


@pytest.fixture
def stage_case(world: World) -> dict[str, Any]:
    """A stage that was asked for online, planned, and waits for the applicant's materials."""
    opened = open_stage(world)
    lead = world.client("lead_officer")
    received = complete(lead, task_of(lead, opened, "接收申请"), {"process_type": "1"})
    assert received.status == 200, received.text
    people = Region(world.sessions, world.release, dict(world.organisations), world.database)
    people.drive(UUID(opened["id"]), until="upload")
    return opened


def complete(client: Client, task: dict[str, Any], values: dict[str, Any]) -> Reply:
    """Complete a task with its form."""
    return client("POST", f"/tasks/{task['id']}/completion", {"values": values})


def materials(client: Client, stage_case: dict[str, Any], **wanted: str) -> list[dict[str, Any]]:
    """The materials as somebody sees them, of those that are as wanted."""
    found = client("GET", f"/stage-cases/{stage_case['id']}").body["materials"]
    return [entry for entry in found if all(entry[name] == value for name, value in wanted.items())]


def hand_in(world: World, stage_case: dict[str, Any], rows: list[dict[str, Any]]) -> Reply:
    """The applicant hands materials in."""
    applicant = world.client("applicant")
    return complete(applicant, task_of(applicant, stage_case, "网上提交材料"), {"materials": rows})


def review(world: World, stage_case: dict[str, Any], decision: str, rows: list[dict[str, Any]]) -> Reply:
    """The window judges."""
    clerk = world.client("window_clerk")
    return complete(clerk, task_of(clerk, stage_case, "形式审查"), {"decision": decision, "materials": rows})


def submitted(code: str, file: str) -> dict[str, Any]:
    return {"code": code, "status": "submitted", "reference": file}


def test_the_applicant_hands_in_the_window_judges_and_the_receipt_comes(
    world: World, stage_case: dict[str, Any]
) -> None:
    applicant, clerk, supervisor = (world.client(role) for role in ("applicant", "window_clerk", "supervisor"))
    file = upload(applicant).body["id"]
    wanted = [entry["code"] for entry in materials(applicant, stage_case, status="missing", necessity="required")]
    second = upload(applicant, b"%PDF-1.7 second").body["id"]
    rows = [submitted(code, file) for code in wanted]
    rows[0]["more"] = [{"reference": second}]
    assert hand_in(world, stage_case, rows).status == 200
    seen = materials(clerk, stage_case, status="submitted")
    assert [(entry["code"], [each["id"] for each in entry["files"]]) for entry in seen] == [
        (code, [file, second] if code == wanted[0] else [file]) for code in wanted
    ]
    assert {entry["source"] for entry in seen} == {"applicant"}
    several = next(entry["files"] for entry in seen if entry["code"] == wanted[0])
    assert {len(each["sha256"]) for each in several} == {64}
    assert {each["scan_state"] for each in several} == {"not_scanned"}
    assert clerk("GET", f"/files/{file}/content").status == 200

    first, *others = wanted
    passed = [{"code": code, "result": "passed"} for code in others]
    returned = [{"code": first, "result": "returned", "reason": "缺少签章"}]
    assert review(world, stage_case, "returned", [*returned, *passed]).status == 200
    (back,) = materials(applicant, stage_case, status="returned")
    assert (back["code"], back["reason"]) == (first, "缺少签章")
    assert hand_in(world, stage_case, [submitted(first, upload(applicant, b"%PDF-1.7 anew").body["id"])]).status == 200
    whole = [{"code": first, "result": "passed"}]
    unjudged = review(world, stage_case, "passed", whole)
    assert problem(unjudged) == (422, "condition_unjudged")
    assert unjudged.body["errors"][0]["field"] == "/values/materials"
    for entry in materials(clerk, stage_case, status="missing", necessity="conditional"):
        assert entry["condition"]
        whole.append({"code": entry["code"], "result": "not_applicable", "reason": "本项目不涉及"})
    assert review(world, stage_case, "passed", whole).status == 200
    assert complete(clerk, task_of(clerk, stage_case, "正式收件"), {}).status == 200

    receipt = supervisor("GET", f"/stage-cases/{stage_case['id']}").body["receipt"]
    documents = applicant("GET", f"/stage-cases/{stage_case['id']}/documents").body["entries"]
    (issued,) = [entry for entry in documents if entry["kind"] == "intake_receipt"]
    assert receipt == f"{world.region_code} {issued['number']}"
    first_reading, second_reading = (
        client.browser.get(f"/api/v1/documents/{issued['id']}/content").get_data() for client in (applicant, supervisor)
    )
    assert first_reading.startswith(b"%PDF")
    assert first_reading == second_reading
    other = world.client("system_administrator")
    assert problem(other("GET", f"/documents/{issued['id']}/content")) == (403, "permission_missing")


def test_what_is_handed_in_wrongly_changes_nothing(world: World, stage_case: dict[str, Any]) -> None:
    applicant = world.client("applicant")
    before = materials(applicant, stage_case)
    code = materials(applicant, stage_case, status="missing", necessity="required")[0]["code"]
    strange, own = upload(world.client("officer")).body["id"], upload(applicant).body["id"]
    for row, refusal in (
        (submitted(code, "总平面图.pdf"), "file_unknown"),
        (submitted(code, strange), "file_unknown"),
        (submitted("M-unknown", strange), "material_unknown"),
        ({"code": code, "status": "not_applicable", "reason": "不涉及"}, "material_necessary"),
        ({"code": code, "status": "deferred", "promised_by": "2099-01-04"}, "material_not_deferrable"),
        ({"code": code, "status": "not_applicable"}, "form_invalid"),
        ({**submitted(code, own), "more": [{"reference": own}]}, "file_repeated"),
        ({**submitted(code, own), "more": [{"reference": strange}]}, "file_unknown"),
    ):
        reply = hand_in(world, stage_case, [row])
        assert problem(reply) == (422, refusal)
        assert reply.body["errors"][0]["field"].startswith("/values/materials/0/")
    assert materials(applicant, stage_case) == before


def test_nobody_but_the_applicant_hands_in_online_and_nobody_but_the_window_judges(
    world: World, stage_case: dict[str, Any]
) -> None:
    applicant, clerk = world.client("applicant"), world.client("window_clerk")
    code = materials(applicant, stage_case, status="missing", necessity="required")[0]["code"]
    row = submitted(code, upload(applicant).body["id"])
    task = task_of(applicant, stage_case, "网上提交材料")

    assert complete(clerk, task, {"materials": [row]}).status in (403, 404)
    assert complete(applicant, task, {"materials": [row]}).status == 200
    assert problem(complete(applicant, task, {"materials": [row]})) == (409, "task_already_done")
    judge = task_of(clerk, stage_case, "形式审查")
    judged = {"decision": "returned", "materials": [{"code": code, "result": "passed"}]}
    assert complete(applicant, judge, judged).status in (403, 404)
    assert materials(clerk, stage_case, status="submitted")[0]["code"] == code
