"""Suspending and resuming an item: its tasks, its clock, and the stage that freezes with a main-line item."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from cases import hot
from cases.complete_task import complete_task
from cases.fire_due import fire_due
from cases.models import WorkItem
from cases.resume_item import resume_item
from cases.suspend_item import suspend_item
from errors import Conflict, NotAllowed
from tests.integration.cases.conftest import Preparation
from tests.integration.cases.items import approve, item, officer, task_of, waiting_for_review
from tests.integration.cases.test_people_at_once import at_once, completion
from tests.integration.cases.world import World

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # ten o'clock in the region
BEFORE, MAIN, AUXILIARY = "061", "062", "063"
GROUNDS: dict[str, Any] = {"procedure": "experts", "reason": "方案复杂", "basis": "实施细则第六条"}


def in_handling(world: World) -> UUID:
    """A stage whose items are dispatched and being handled, one main-line item among them."""
    world.database.set_clock(MONDAY)
    found = waiting_for_review(world)
    for task in world.tasks(found, "review"):
        world.complete(task, world.values(task))
    for code in (BEFORE, MAIN, AUXILIARY):
        world.complete(task_of(world, code), {})
        if code == BEFORE:
            approve(world, code)
    return found


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    """The stage that each test has a copy of."""
    return in_handling


def limit(world: World, code: str) -> Any:
    """The running limit of an item."""
    return world.rows("SELECT * FROM due_rows WHERE task_id = :task", task=task_of(world, code).id)[0]


def suspend(world: World, code: str, **details: Any) -> None:
    """The department suspends an item."""
    who, case = officer(world, code), item(world, code).id
    world.run(lambda session: suspend_item(session, who, case, **(GROUNDS | details)))


def resume(world: World, code: str) -> None:
    """The department resumes it."""
    who, case = officer(world, code), item(world, code).id
    world.run(lambda session: resume_item(session, who, case, evidence="专家论证意见"))


def refusal(world: World, task: WorkItem) -> str:
    """The code with which a completion is refused."""
    with pytest.raises(Conflict) as refused:
        world.complete(task, world.values(task))
    return refused.value.code


def test_a_suspended_item_accepts_no_task_until_it_is_resumed(world: World, stage_case: UUID) -> None:
    task = task_of(world, AUXILIARY)

    suspend(world, AUXILIARY)
    assert refusal(world, task) == "item_suspended"
    resume(world, AUXILIARY)
    world.complete(task, world.values(task))

    assert item(world, AUXILIARY).history == [1, 3, 8, 9, 10, 11]


def test_suspending_an_auxiliary_item_touches_nothing_else(world: World, stage_case: UUID) -> None:
    suspend(world, AUXILIARY)

    task = task_of(world, MAIN)
    world.complete(task, world.values(task))
    assert not world.rows("SELECT FROM holds WHERE item_case_id IS NULL")


def test_suspending_a_main_line_item_freezes_every_item_of_the_stage(world: World, stage_case: UUID) -> None:
    suspend(world, MAIN)

    assert {refusal(world, task) for task in world.tasks(stage_case)} == {"item_suspended", "stage_suspended"}
    assert limit(world, AUXILIARY).held
    resume(world, MAIN)
    assert not limit(world, AUXILIARY).held
    world.drive(stage_case)
    assert world.scalar("SELECT status FROM stage_cases") == "completed"


def test_an_items_own_hold_outlives_the_freeze_of_the_stage(world: World, stage_case: UUID) -> None:
    suspend(world, AUXILIARY)
    suspend(world, MAIN)
    resume(world, MAIN)

    assert refusal(world, task_of(world, AUXILIARY)) == "item_suspended"
    assert limit(world, AUXILIARY).held


def test_a_clock_that_stood_for_two_overlapping_holds_moves_by_their_union(world: World, stage_case: UUID) -> None:
    due = limit(world, AUXILIARY).due_at
    suspend(world, AUXILIARY)
    world.database.move_clock(timedelta(days=1))
    suspend(world, MAIN)
    world.database.move_clock(timedelta(days=1))
    resume(world, AUXILIARY)
    assert limit(world, AUXILIARY).held
    world.database.move_clock(timedelta(days=1))
    resume(world, MAIN)

    moved = limit(world, AUXILIARY).due_at - due
    assert timedelta(days=3) - timedelta(hours=8) < moved < timedelta(days=3) + timedelta(minutes=5)


def test_a_held_limit_does_not_fire_however_late_it_is(world: World, stage_case: UUID) -> None:
    row = limit(world, AUXILIARY)
    suspend(world, AUXILIARY)
    world.database.move_clock(timedelta(days=60))

    assert not world.run(lambda session: fire_due(session, row.id))
    resume(world, AUXILIARY)
    assert limit(world, AUXILIARY).due_at > world.database.now


def test_lifting_a_hold_twice_changes_nothing(world: World, stage_case: UUID) -> None:
    suspend(world, AUXILIARY)
    resume(world, AUXILIARY)
    before = limit(world, AUXILIARY).due_at
    resume(world, AUXILIARY)

    assert (limit(world, AUXILIARY).due_at, item(world, AUXILIARY).history) == (before, [1, 3, 8, 9, 10])


def test_an_item_is_not_suspended_twice_nor_before_it_is_handled(world: World, stage_case: UUID) -> None:
    suspend(world, AUXILIARY)

    with pytest.raises(Conflict, match="已经挂起"):
        suspend(world, AUXILIARY)
    with pytest.raises(Conflict, match="不能登记挂起"):
        suspend(world, "010")


def test_only_the_department_of_an_item_suspends_it(world: World, stage_case: UUID) -> None:
    case = item(world, "010").id

    with pytest.raises(NotAllowed):
        world.run(lambda session: suspend_item(session, world.lead, case, **GROUNDS))


def test_a_completion_and_a_suspension_at_once_never_both_forget_the_other(world: World, stage_case: UUID) -> None:
    task = task_of(world, AUXILIARY)

    results = at_once([completion(world, task), lambda: suspend(world, AUXILIARY)])

    refused = [result for result in results if result is not None]
    assert [type(result) for result in refused] == [Conflict]
    done = world.scalar("SELECT status FROM work_items WHERE id = :id", id=task.id) == "done"
    held = bool(world.rows("SELECT FROM holds WHERE ended_at IS NULL"))
    assert done is not held


def test_a_command_computed_before_a_hold_is_computed_again(world: World, stage_case: UUID) -> None:
    task, who = task_of(world, AUXILIARY), officer(world, AUXILIARY)
    with world.sessions() as session:
        before = hot.read(session, hot.BY_TASK, task.id)
        suspend(world, MAIN)
        after = hot.read(session, hot.BY_TASK, task.id)
    assert before is not None
    assert after is not None
    assert after.version > before.version
    with pytest.raises(Conflict):
        world.run(lambda session: complete_task(session, who, task.id, world.values(task)))
