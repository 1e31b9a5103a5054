"""Supplementary planning: when it may begin, and how what it adds joins the stage."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from accounts.actor import Actor
from cases.models import Planning, WorkItem
from cases.start_supplementary_planning import start_supplementary_planning
from errors import Conflict, Invalid, NotAllowed, NotFound
from tests.integration.cases.conftest import Preparation
from tests.integration.cases.test_people_at_once import at_once
from tests.integration.cases.test_refused_items import REFUSAL
from tests.integration.cases.world import OPINION, World

FIRST = ("062", "005")
REASON = "规划条件调整，需要重新核对"


def supplement(world: World, stage_case: UUID, *items: str, actor: Actor | None = None) -> Planning:
    """The lead department begins a supplementary planning."""
    return world.run(
        lambda session: start_supplementary_planning(
            session, actor or world.lead, stage_case, items=items, reason=REASON
        )
    )


def item_of(world: World, task: WorkItem) -> str:
    """The item that a task is about."""
    found: str = world.scalar("SELECT subject->>'code' FROM process_instances WHERE id = :id", id=task.instance_id)
    return found


def plan(world: World, stage_case: UUID, *required: str) -> None:
    """Everybody answers: required are these items only; the report is issued."""
    for task in world.tasks(stage_case, "answer"):
        conclusion = "required" if item_of(world, task) in required else "not_required"
        world.complete(task, {**OPINION, "conclusion": conclusion})
    report = world.tasks(stage_case, "issue_report")[0]
    world.complete(report, world.values(report))


def do(world: World, stage_case: UUID, *elements: str) -> None:
    """Complete every open task of each of these elements, one element after the other."""
    for element in elements:
        tasks = world.tasks(stage_case, element)
        assert tasks, element
        for task in tasks:
            world.complete(task, world.values(task))


def opened(world: World) -> set[str]:
    """The items that were dispatched."""
    return {row.item_code for row in world.rows("SELECT item_code FROM item_cases")}


def first_report(world: World) -> UUID:
    """A stage whose first report is issued: one main-line and one auxiliary item."""
    found = world.start()
    plan(world, found, *FIRST)
    return found


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    """The stage that each test has a copy of."""
    return first_report


INTAKE = ("scan", "review_form", "formal")


def test_planned_before_formal_intake_it_joins_the_intake_and_the_dispatch(world: World, stage_case: UUID) -> None:
    before = world.scalar("SELECT count(*) FROM stage_materials")
    supplement(world, stage_case, "015", "010")
    plan(world, stage_case, "015")
    assert world.scalar("SELECT count(*) FROM stage_materials") > before

    do(world, stage_case, *INTAKE)
    asked = {world.code_of(task.organisation_id) for task in world.tasks(stage_case, "confirm")}
    do(world, stage_case, "confirm", "dispatch")

    assert asked == {"natural_resources", "approval"}
    assert opened(world) == {*FIRST, "015"}
    assert world.scalar("SELECT count(*) FROM planning_reports") == 2
    world.drive(stage_case)
    assert world.scalar("SELECT status FROM stage_cases") == "completed"
    assert world.scalar("SELECT count(*) FROM process_instances WHERE status = 'active'") == 0


def test_at_formal_intake_the_window_goes_back_for_the_materials_that_it_added(world: World, stage_case: UUID) -> None:
    do(world, stage_case, "scan", "review_form")
    supplement(world, stage_case, "015")
    plan(world, stage_case, "015")
    formal = world.tasks(stage_case, "formal")[0]

    with pytest.raises(Conflict, match="没有通过形式审查"):
        world.complete(formal, {})
    world.complete(formal, {"more": True})
    do(world, stage_case, *INTAKE, "confirm", "dispatch")

    assert opened(world) == {*FIRST, "015"}


def test_planned_before_the_dispatch_it_is_taken_in_and_confirmed_and_dispatched_with_the_rest(
    world: World, stage_case: UUID
) -> None:
    do(world, stage_case, *INTAKE, "confirm")
    dispatch = world.tasks(stage_case, "dispatch")[0]
    received = world.scalar("SELECT received_at FROM stage_cases")
    supplement(world, stage_case, "015")
    with pytest.raises(Conflict, match="第 2 次策划还没有办完"):
        world.complete(dispatch, world.values(dispatch))
    plan(world, stage_case, "015")
    do(world, stage_case, *INTAKE)
    with pytest.raises(Conflict, match="第 2 次策划还没有办完"):
        world.complete(dispatch, world.values(dispatch))
    do(world, stage_case, "confirm")

    world.complete(dispatch, world.values(dispatch))

    assert opened(world) == {*FIRST, "015"}
    assert world.scalar("SELECT received_at FROM stage_cases") == received
    assert world.scalar("SELECT count(*) FROM issued_documents WHERE kind = 'intake_receipt'") == 2
    world.drive(stage_case)
    assert world.scalar("SELECT status FROM stage_cases") == "completed"


def dispatched(world: World, stage_case: UUID) -> None:
    """The stage is dispatched."""
    do(world, stage_case, *INTAKE, "confirm", "dispatch")


def test_planned_after_the_dispatch_it_is_dispatched_on_its_own_and_the_stage_waits(
    world: World, stage_case: UUID
) -> None:
    dispatched(world, stage_case)
    at = world.scalar("SELECT dispatched_at FROM stage_cases")
    supplement(world, stage_case, "015", "010")
    plan(world, stage_case, "015", "010")
    assert opened(world) == set(FIRST)
    do(world, stage_case, *INTAKE, "confirm", "dispatch_added")

    assert opened(world) == {*FIRST, "015", "010"}
    assert world.scalar("SELECT dispatched_at FROM stage_cases") == at
    finish(world, stage_case, "062")
    complete = world.tasks(stage_case, "complete")[0]
    with pytest.raises(Conflict, match="尚未办结，不能办结本阶段"):
        world.complete(complete, world.values(complete))
    finish(world, stage_case, "015")
    world.complete(complete, world.values(complete))
    assert world.scalar("SELECT status FROM stage_cases") == "completed"
    with pytest.raises(Conflict, match="不能再补充策划"):
        supplement(world, stage_case, "050")
    world.drive(stage_case)
    assert world.scalar("SELECT ended_at IS NOT NULL FROM stage_cases")


def finish(world: World, stage_case: UUID, code: str) -> None:
    """The item is reviewed, accepted and approved."""
    for _ in range(3):
        task = task_of(world, stage_case, code)
        world.complete(task, world.values(task))


def task_of(world: World, stage_case: UUID, code: str) -> WorkItem:
    """The open task of an item."""
    return next(found for found in world.tasks(stage_case) if item_of(world, found) == code)


def test_refusing_a_main_line_item_that_it_added_voids_the_stage(world: World, stage_case: UUID) -> None:
    dispatched(world, stage_case)
    supplement(world, stage_case, "015")
    plan(world, stage_case, "015")
    do(world, stage_case, *INTAKE, "confirm", "dispatch_added")
    finish(world, stage_case, "062")
    world.complete(task_of(world, stage_case, "015"), {"decision": "accept"})
    world.complete(task_of(world, stage_case, "015"), {})

    world.complete(task_of(world, stage_case, "015"), REFUSAL)

    assert world.tasks(stage_case) == []
    row: Any = world.rows("SELECT status, ended_at FROM stage_cases")[0]
    assert (row.status, row.ended_at is not None) == ("void", True)
    assert world.scalar("SELECT count(*) FROM process_instances WHERE status = 'active'") == 0
    assert world.scalar("SELECT count(*) FROM item_cases WHERE ended_at IS NULL") == 0


def test_a_main_line_item_that_it_added_is_waited_for_where_there_was_none(world: World) -> None:
    stage_case = world.start()
    plan(world, stage_case, "005")
    dispatched(world, stage_case)
    assert world.tasks(stage_case, "no_main")
    supplement(world, stage_case, "015")
    with pytest.raises(Conflict, match="补充策划还没有结论"):
        world.complete(world.tasks(stage_case, "no_main")[0], {"reason": "没有主流程事项"})
    plan(world, stage_case, "015")
    with pytest.raises(Conflict, match="尚未办结"):
        world.complete(world.tasks(stage_case, "no_main")[0], {"reason": "没有主流程事项"})

    do(world, stage_case, *INTAKE, "confirm", "dispatch_added")

    assert world.tasks(stage_case, "no_main") == []
    world.drive(stage_case)
    assert world.scalar("SELECT status FROM stage_cases") == "completed"


def test_it_may_come_to_nothing_and_come_again(world: World, stage_case: UUID) -> None:
    for _ in range(2):
        supplement(world, stage_case, "015")
        plan(world, stage_case)

    numbers = [row.number for row in world.rows("SELECT number FROM plannings ORDER BY number")]
    assert numbers == [1, 2, 3]
    assert world.scalar("SELECT count(*) FROM planning_reports") == 3
    dispatched(world, stage_case)
    assert opened(world) == set(FIRST)


def test_only_what_is_not_planned_yet_can_be_asked_about(world: World, stage_case: UUID) -> None:
    for items, said in ((("999",), "没有候选事项 999"), (("015", "015"), "填了两次"), (("062",), "已经策划为需要审批")):
        with pytest.raises(Invalid, match=said):
            supplement(world, stage_case, *items)
    assert world.scalar("SELECT count(*) FROM plannings") == 1


def test_before_the_report_there_is_nothing_to_supplement(world: World) -> None:
    stage_case = world.start()

    with pytest.raises(Conflict, match="报告还没有告知"):
        supplement(world, stage_case, "015")


def test_one_at_a_time_is_under_way(world: World, stage_case: UUID) -> None:
    results = at_once([lambda: supplement(world, stage_case, "015"), lambda: supplement(world, stage_case, "010")])

    assert sum(isinstance(result, Conflict) for result in results) == 1
    assert world.scalar("SELECT count(*) FROM plannings") == 2
    with pytest.raises(Conflict, match="报告还没有告知"):
        supplement(world, stage_case, "050")


def test_only_the_lead_department_may_begin_it(world: World, stage_case: UUID) -> None:
    with pytest.raises(NotAllowed, match="牵头部门"):
        supplement(world, stage_case, "015", actor=world.clerk)
    with pytest.raises(NotAllowed, match="牵头部门"):
        supplement(world, stage_case, "015", actor=world.person("housing", "lead_officer"))
    with pytest.raises(NotFound):
        supplement(world, stage_case, "015", actor=world.person("ports", "officer"))
    assert world.scalar("SELECT count(*) FROM plannings") == 1
