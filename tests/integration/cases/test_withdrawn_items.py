"""The applicant withdraws an item: before and after acceptance, suspended or not, and what follows for the stage."""

from __future__ import annotations

from uuid import UUID

import pytest

from accounts.actor import Actor
from cases.suspend_item import suspend_item
from cases.withdraw_item import withdraw_item
from errors import Conflict, Invalid, NotAllowed, NotFound
from tests.integration.cases.conftest import Preparation
from tests.integration.cases.items import accept, item, task_of, waiting_for_review
from tests.integration.cases.test_people_at_once import at_once, completion
from tests.integration.cases.world import CREDIT_CODE, World

BEFORE, MAIN, AUXILIARY = "061", "062", "005"


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    """The stage that each test has a copy of."""
    return waiting_for_review


def withdraw(world: World, code: str, actor: Actor | None = None, reason: str = "方案调整") -> None:
    """The window withdraws the item for the applicant."""
    case = item(world, code).id
    world.run(lambda session: withdraw_item(session, actor or world.clerk, case, reason=reason))


def test_an_item_withdrawn_before_acceptance_ends_as_2(world: World, stage_case: UUID) -> None:
    others = {task.id for task in world.tasks(stage_case)} - {task_of(world, AUXILIARY).id}

    withdraw(world, AUXILIARY)

    found = item(world, AUXILIARY)
    assert (found.history, found.end_reason, found.ended_at is not None) == ([1, 2], "方案调整", True)
    assert {task.id for task in world.tasks(stage_case)} == others


def test_an_item_withdrawn_after_acceptance_ends_as_14_and_its_clock_with_it(world: World, stage_case: UUID) -> None:
    accept(world, AUXILIARY)

    withdraw(world, AUXILIARY)

    assert item(world, AUXILIARY).history == [1, 3, 8, 14]
    instance = "SELECT id FROM process_instances WHERE item_case_id = :id"
    open_limits = f"SELECT count(*) FROM due_rows WHERE cancelled_at IS NULL AND instance_id IN ({instance})"
    assert world.scalar(open_limits, id=item(world, AUXILIARY).id) == 0


def test_an_item_is_withdrawn_during_its_correction(world: World, stage_case: UUID) -> None:
    world.complete(task_of(world, AUXILIARY), {"decision": "correction", "missing": "缺少申请表"})

    withdraw(world, AUXILIARY)

    assert item(world, AUXILIARY).history == [1, 6, 7, 2]


def test_a_suspended_main_line_item_is_withdrawn_and_its_stage_thaws(world: World, stage_case: UUID) -> None:
    accept(world, BEFORE)
    world.complete(task_of(world, BEFORE), world.values(task_of(world, BEFORE)))
    accept(world, MAIN)
    who, case = world.person(item(world, MAIN).department_id, "officer"), item(world, MAIN).id
    world.run(lambda session: suspend_item(session, who, case, procedure="experts", reason="方案复杂", basis="第六条"))

    withdraw(world, MAIN)

    assert item(world, MAIN).history == [1, 3, 8, 9, 14]
    assert item(world, MAIN).main
    assert world.scalar("SELECT count(*) FROM holds WHERE ended_at IS NULL") == 0
    assert world.scalar("SELECT count(*) FROM due_rows WHERE held AND cancelled_at IS NULL") == 0
    world.complete(task_of(world, AUXILIARY), {"decision": "accept"})


def test_after_a_main_line_item_is_withdrawn_the_lead_begins_it_anew(world: World, stage_case: UUID) -> None:
    withdraw(world, MAIN)
    chosen = world.tasks(stage_case, "after_stop")[0]
    assert (chosen.role, chosen.organisation_id) == ("lead_officer", world.lead.organisation_id)

    world.complete(chosen, {"decision": "again", "reason": "方案已调整"})

    assert item(world, MAIN).attempt == 2
    assert task_of(world, MAIN).element_id == "review"


def test_after_a_main_line_item_is_withdrawn_the_lead_voids_the_stage(world: World, stage_case: UUID) -> None:
    withdraw(world, MAIN)

    world.complete(world.tasks(stage_case, "after_stop")[0], {"decision": "void", "reason": "项目停建"})

    assert world.scalar("SELECT status FROM stage_cases") == "void"
    assert world.tasks(stage_case) == []


def test_only_the_applicant_and_the_window_withdraw_an_item(world: World, stage_case: UUID) -> None:
    officer = world.person(item(world, AUXILIARY).department_id, "officer")
    stranger = world.person("sports", "officer")

    with pytest.raises(NotAllowed, match="由申报单位提出"):
        withdraw(world, AUXILIARY, officer)
    with pytest.raises(NotFound):
        withdraw(world, MAIN, stranger)
    assert item(world, AUXILIARY).history == [1]


def test_a_withdrawal_needs_a_reason_and_happens_once(world: World, stage_case: UUID) -> None:
    with pytest.raises(Invalid, match="理由"):
        withdraw(world, AUXILIARY, reason="  ")
    withdraw(world, AUXILIARY)

    with pytest.raises(Conflict, match="已经结束"):
        withdraw(world, AUXILIARY)
    assert item(world, AUXILIARY).history == [1, 2]


def test_what_is_decided_cannot_be_withdrawn(world: World, stage_case: UUID) -> None:
    accept(world, AUXILIARY)
    task = task_of(world, AUXILIARY)
    world.complete(task, world.values(task))

    with pytest.raises(Conflict, match="已经结束"):
        withdraw(world, AUXILIARY)


def test_a_decision_and_a_withdrawal_at_once_have_one_effect(world: World, stage_case: UUID) -> None:
    accept(world, AUXILIARY)
    task = task_of(world, AUXILIARY)

    results = at_once([completion(world, task), lambda: withdraw(world, AUXILIARY)])

    assert [type(result) for result in results if result is not None] == [Conflict]
    assert item(world, AUXILIARY).history[3:] in ([11], [14])


def test_the_applicants_unit_owns_its_application(world: World, stage_case: UUID) -> None:
    unit = world.scalar("SELECT id FROM organisations WHERE credit_code = :code", code=CREDIT_CODE)
    assert world.scalar("SELECT applicant_id FROM stage_cases") == unit
    world.organisations["unit"] = unit

    withdraw(world, AUXILIARY, world.person("unit", "applicant"))

    assert item(world, AUXILIARY).history == [1, 2]
