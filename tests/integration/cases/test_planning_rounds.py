"""Planning from the first answer to the report: transfers, final planning, silence, and what the report says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from cases.fire_due import fire_due
from cases.models import WorkItem
from errors import Conflict, Invalid
from files.local_store import LocalStore
from files.store import STORE
from tests.integration.cases.conftest import Preparation
from tests.integration.cases.test_documents import read
from tests.integration.cases.world import OPINION, World

CODE = "015"


def asked(world: World) -> UUID:
    """A stage whose departments are asked."""
    return world.start()


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    """The stage that each test has a copy of."""
    return asked


def task_of(world: World, stage_case: UUID, element: str, code: str = CODE) -> WorkItem:
    """The open task of an element about an item."""
    statement = "SELECT subject->>'code' FROM process_instances WHERE id = :id"
    tasks = world.tasks(stage_case, element)
    return next(task for task in tasks if world.scalar(statement, id=task.instance_id) == code)


def transfer(world: World, stage_case: UUID, element: str, to: str) -> None:
    """The department that is asked names another one."""
    values = {
        "conclusion": "transferred",
        "transferred_to": str(world.organisations[to]),
        "transfer_reason": "不属本部门职责",
    }
    world.complete(task_of(world, stage_case, element), values)


def final(world: World, **changed: Any) -> dict[str, Any]:
    """What the lead department records of the off-line review."""
    return {
        "conclusion": "required",
        "department": str(world.organisations["housing"]),
        "attendees": [str(world.organisations["approval"]), str(world.organisations["housing"])],
        "reviewed_on": "2026-11-20",
        "minutes": "审批局、住建局参加，一致同意由住建局审批。",
        "files": [{"reference": str(world.upload(world.person("natural_resources", "lead_officer"), "审核记录.pdf"))}],
        "reason": "初步设计由住建部门审查",
        **changed,
    }


def required(world: World) -> dict[str, str]:
    """The planned items with the code of their department."""
    (conclusions,) = world.rows("SELECT conclusions FROM plannings")
    return {
        entry["code"]: world.code_of(UUID(entry["department"]))
        for entry in conclusions.conclusions
        if entry["conclusion"] == "required"
    }


def test_a_transfer_asks_the_named_department_about_that_item_and_touches_no_other(
    world: World, stage_case: UUID
) -> None:
    others = {task.id for task in world.tasks(stage_case)} - {task_of(world, stage_case, "answer").id}

    transfer(world, stage_case, "answer", "housing")

    (second,) = world.tasks(stage_case, "answer_second")
    assert world.code_of(second.organisation_id) == "housing"
    assert {task.id for task in world.tasks(stage_case)} == {*others, second.id}
    world.complete(second, OPINION)
    world.drive(stage_case, until="issue_report")
    assert required(world)[CODE] == "housing"


def test_transferred_again_the_lead_records_the_final_planning_with_its_minutes(world: World, stage_case: UUID) -> None:
    transfer(world, stage_case, "answer", "housing")
    transfer(world, stage_case, "answer_second", "sports")

    task = task_of(world, stage_case, "answer_final")
    assert (task.role, world.code_of(task.organisation_id)) == ("lead_officer", "natural_resources")
    for wrong, field in (
        ({"conclusion": "transferred"}, "conclusion"),
        ({"minutes": None}, "minutes"),
        ({"files": []}, "files"),
        ({"files": [{"reference": "审核记录.pdf"}]}, "values.files.0.reference"),
        ({"files": final(world)["files"] * 2}, "values.files.1.reference"),
        ({"attendees": []}, "attendees"),
    ):
        with pytest.raises(Invalid) as refusal:
            world.complete(task, final(world, **wrong))
        assert refusal.value.field == field
    world.complete(task, final(world))
    world.drive(stage_case, until="issue_report")

    assert required(world)[CODE] == "housing"
    rounds = world.rows(
        "SELECT round, conclusion FROM planning_opinions WHERE item_code = :code ORDER BY round", code=CODE
    )
    assert [tuple(row) for row in rounds] == [(1, "transferred"), (2, "transferred"), (3, "required")]
    uses = world.rows("SELECT label, stage_case_id FROM file_uses WHERE purpose = 'minutes'")
    assert uses == [(CODE, stage_case)]


def test_a_department_does_not_transfer_to_itself(world: World, stage_case: UUID) -> None:
    with pytest.raises(Invalid, match="不能是本部门"):
        transfer(world, stage_case, "answer", "approval")
    assert world.scalar("SELECT count(*) FROM planning_opinions") == 0


@pytest.mark.parametrize("element", ["answer", "answer_second"])
def test_of_a_department_that_never_answers_the_lead_records_the_final_planning(
    world: World, stage_case: UUID, element: str
) -> None:
    if element == "answer_second":
        transfer(world, stage_case, "answer", "housing")
    task = task_of(world, stage_case, element)
    due = world.rows(
        "SELECT id, due_at, limit_text FROM due_rows WHERE instance_id = :id AND kind = 'timer' "
        "AND cancelled_at IS NULL",
        id=task.instance_id,
    )[0]
    assert due.limit_text == "3WD"
    world.database.set_clock(due.due_at - timedelta(minutes=10))
    assert not world.run(lambda session: fire_due(session, due.id))
    world.database.set_clock(due.due_at + timedelta(seconds=1))

    assert world.run(lambda session: fire_due(session, due.id))

    assert not world.run(lambda session: fire_due(session, due.id))
    with pytest.raises(Conflict, match="已随流程取消"):
        world.complete(task, OPINION)
    last = task_of(world, stage_case, "answer_final")
    world.complete(last, final(world, conclusion="not_required"))
    world.drive(stage_case, until="issue_report")
    assert CODE not in required(world)


def test_the_report_says_everything_about_every_candidate(world: World, stage_case: UUID, tmp_path: Path) -> None:
    world.sessions.kw["info"][STORE] = LocalStore(tmp_path)
    transfer(world, stage_case, "answer", "housing")
    transfer(world, stage_case, "answer_second", "sports")
    world.complete(task_of(world, stage_case, "answer_final"), final(world))
    doubtful = {**OPINION, "legality": "conditional", "opinion": "需补充绿地占补方案"}
    world.complete(task_of(world, stage_case, "answer", "062"), doubtful)
    world.drive(stage_case, until="issue_report")
    report = world.tasks(stage_case, "issue_report")[0]
    world.complete(report, {"delivery": "system", "summary": "原则同意"})

    content = world.scalar("SELECT content FROM planning_reports")
    items = {entry["code"]: entry for entry in content["items"]}
    stage = world.release.process_types["1"].stages["2"]
    assert set(items) == {entry.item.code for entry in stage.items}
    assert (items[CODE]["round"], items[CODE]["department_name"]) == (3, world.release.organisations["housing"].name)
    assert items[CODE]["minutes"].startswith("审批局")
    assert items["062"]["opinion"] == "需补充绿地占补方案"
    by_name = {entry["name"]: entry for entry in content["departments"]}
    planner = by_name[world.release.organisations["natural_resources"].name]
    assert (planner["legality"], planner["compliance"], planner["feasibility"]) == ("conditional", "met", "met")
    materials = {row.code for row in world.rows("SELECT code FROM stage_materials")}
    assert {entry["code"] for entry in content["materials"]} == materials
    words = read(world, "planning_report")
    for said in ("最终策划", "有条件符合", "需补充绿地占补方案", "原则同意", "需要提交的材料"):
        assert said in words
    assert world.scalar("SELECT count(*) FROM outbox WHERE topic = 'planning_report'") == 1


def test_a_planning_is_reported_once(world: World, stage_case: UUID) -> None:
    world.drive(stage_case, until="issue_report")
    report = world.tasks(stage_case, "issue_report")[0]
    world.complete(report, world.values(report))

    with pytest.raises(Conflict):
        world.complete(report, world.values(report))
    assert world.scalar("SELECT count(*) FROM planning_reports") == 1


def test_no_item_required_is_closed_by_an_explicit_record(world: World, stage_case: UUID) -> None:
    for task in world.tasks(stage_case, "answer"):
        world.complete(task, {**OPINION, "conclusion": "not_required"})
    report = world.tasks(stage_case, "issue_report")[0]
    world.complete(report, world.values(report))

    (close,) = world.tasks(stage_case)
    assert close.element_id == "close_empty"
    with pytest.raises(Invalid):
        world.complete(close, {})
    world.complete(close, {"reason": "各部门均不需要审批"})

    row = world.rows("SELECT status, closing_reason, ended_at FROM stage_cases")[0]
    assert (row.status, row.closing_reason, row.ended_at is not None) == ("closed_empty", "各部门均不需要审批", True)
