"""What the refusal, the correction and the decline of an item do to it and to its stage."""

from __future__ import annotations

from uuid import UUID

import pytest

from cases.models import WorkItem
from cases.start_stage_case import start_stage_case
from database.clock import current_time
from errors import Conflict
from tests.integration.cases.conftest import Preparation
from tests.integration.cases.items import accept, item, task_of, waiting_for_review
from tests.integration.cases.test_people_at_once import at_once, completion
from tests.integration.cases.world import World

REFUSAL = {"decision": "refuse", "reason": "不符合规划条件", "basis": "规划许可条件第三条", "deviation": "方案已变更"}


DECLINE = {"decision": "decline", "reason": "不属受理范围", "basis": "目录第二条", "deviation": "主体已变更"}


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    """The stage that each test has a copy of."""
    return waiting_for_review


def bring_to_decision(world: World, code: str) -> WorkItem:
    """Review and accept the item."""
    accept(world, code)
    return task_of(world, code)


def approve(world: World, code: str) -> None:
    """The item is approved."""
    task = bring_to_decision(world, code)
    world.complete(task, world.values(task))


def test_refusing_a_main_line_item_voids_the_stage(world: World, stage_case: UUID) -> None:
    approve(world, "061")

    world.complete(bring_to_decision(world, "062"), REFUSAL)

    assert world.tasks(stage_case) == []
    row = world.rows("SELECT status, ended_at FROM stage_cases")[0]
    assert row.status == "void"
    assert row.ended_at is not None
    assert world.scalar("SELECT count(*) FROM process_instances WHERE status = 'active'") == 0
    assert world.scalar("SELECT count(*) FROM due_rows WHERE fired_at IS NULL AND cancelled_at IS NULL") == 0
    assert world.scalar("SELECT count(*) FROM item_cases WHERE ended_at IS NULL") == 0
    assert item(world, "061").history == [1, 3, 8, 11]
    assert item(world, "062").history == [1, 3, 8, 13]
    assert item(world, "005").history == [1]


def test_after_a_void_a_new_stage_case_of_the_engineering_may_begin(world: World, stage_case: UUID) -> None:
    engineering = world.scalar("SELECT engineering_id FROM stage_cases")

    with pytest.raises(Conflict, match="不能重复发起"):
        world.start(engineering)
    approve(world, "061")
    world.complete(bring_to_decision(world, "062"), REFUSAL)

    assert world.start(engineering) != stage_case


def test_refusing_an_auxiliary_item_touches_nothing_else(world: World, stage_case: UUID) -> None:
    task = bring_to_decision(world, "005")
    others = {found.id for found in world.tasks(stage_case)} - {task.id}

    world.complete(task, REFUSAL)

    assert {found.id for found in world.tasks(stage_case)} == others
    assert world.scalar("SELECT status FROM stage_cases") == "open"
    assert item(world, "005").history == [1, 3, 8, 13]


def test_a_refusal_and_work_on_other_items_at_once_leave_no_open_task(world: World, stage_case: UUID) -> None:
    approve(world, "061")
    refuse = bring_to_decision(world, "062")
    others = list(world.tasks(stage_case, "review"))
    actor = world.worker(refuse)

    at_once([lambda: world.complete(refuse, REFUSAL, actor), *(completion(world, task) for task in others)])

    assert world.scalar("SELECT status FROM stage_cases") == "void"
    assert world.tasks(stage_case) == []
    assert world.scalar("SELECT count(*) FROM due_rows WHERE fired_at IS NULL AND cancelled_at IS NULL") == 0


def test_a_correction_goes_through_the_window_and_back_to_the_same_step(world: World, stage_case: UUID) -> None:
    review = task_of(world, "005")

    world.complete(review, {"decision": "correction", "missing": "缺少申请表"})
    correct = task_of(world, "005")
    assert (correct.element_id, correct.organisation_id) == (
        "correct",
        world.organisations["natural_resources_window"],
    )
    world.complete(correct, world.values(correct))

    again = task_of(world, "005")
    assert (again.element_id, again.organisation_id) == (review.element_id, review.organisation_id)
    assert item(world, "005").history == [1, 6, 7]


def test_an_item_is_corrected_once_only(world: World, stage_case: UUID) -> None:
    values = {"decision": "correction", "missing": "缺少申请表"}
    world.complete(task_of(world, "005"), values)
    correct = task_of(world, "005")
    world.complete(correct, world.values(correct))

    with pytest.raises(Conflict, match="只能补正一次"):
        world.complete(task_of(world, "005"), values)


def test_a_declined_main_line_item_may_be_handled_anew(world: World, stage_case: UUID) -> None:
    first = item(world, "062").id
    world.complete(task_of(world, "062"), DECLINE)
    chosen = world.tasks(stage_case, "after_stop")[0]

    world.complete(chosen, {"decision": "again", "reason": "补充材料后重新办理"})

    attempts = world.rows("SELECT id, attempt, history FROM item_cases WHERE item_code = '062' ORDER BY attempt")
    assert [(row.attempt, row.history) for row in attempts] == [(1, [1, 5]), (2, [1])]
    assert attempts[0].id == first
    assert task_of(world, "062").item_case_id == attempts[1].id


def test_a_stage_case_cannot_be_started_twice_at_once(world: World) -> None:
    engineering = world.register()
    start = lambda: world.run(  # noqa: E731
        lambda session: start_stage_case(
            session,
            world.clerk,
            engineering_id=engineering,
            stage="2",
            channel="window",
            process_type="1",
            now=current_time(session),
        )
    )

    results = at_once([start, start])

    assert sorted(str(type(result).__name__) for result in results) == ["Conflict", "NoneType"]
