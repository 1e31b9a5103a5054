"""A department answers for all its items in one request: all of them, or none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from accounts.actor import Actor
from cases.complete_tasks import Completion, complete_tasks
from cases.models import WorkItem
from errors import Conflict, Invalid, NotFound
from tests.integration.cases.conftest import Preparation
from tests.integration.cases.test_people_at_once import at_once
from tests.integration.cases.world import CODE, OPINION, World


def asked(world: World) -> UUID:
    """A stage case whose departments are asked."""
    return world.start()


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    """The stage that each test has a copy of."""
    return asked


def of_one_department(world: World, stage_case: UUID) -> list[WorkItem]:
    """The tasks of the department that is asked about most items."""
    asked = world.tasks(stage_case, "answer")
    departments = [task.organisation_id for task in asked]
    most = max(departments, key=departments.count)
    return [task for task in asked if task.organisation_id == most]


def complete(world: World, tasks: list[WorkItem], *others: Completion, actor: Actor | None = None) -> None:
    """One request that answers for all these tasks."""
    completions = [*(Completion(task.id, OPINION) for task in tasks), *others]
    world.run(lambda session: complete_tasks(session, actor or world.worker(tasks[0]), completions))


def opinions(world: World) -> int:
    """How many opinions are kept."""
    count: int = world.scalar("SELECT count(*) FROM planning_opinions")
    return count


def test_a_department_answers_for_all_its_items_at_once(world: World, stage_case: UUID) -> None:
    tasks = of_one_department(world, stage_case)
    assert len(tasks) > 2

    complete(world, tasks)

    assert opinions(world) == len(tasks)
    assert world.scalar("SELECT count(*) FROM work_items WHERE status = 'done'") == len(tasks)
    assert world.scalar("SELECT count(*) FROM audit_entries WHERE action = 'task.complete'") == len(tasks)


def test_the_last_answers_of_a_planning_may_come_in_one_request(world: World, stage_case: UUID) -> None:
    tasks = of_one_department(world, stage_case)
    for task in world.tasks(stage_case, "answer"):
        if task.id not in {own.id for own in tasks}:
            world.complete(task, OPINION)

    complete(world, tasks)

    assert [task.element_id for task in world.tasks(stage_case)] == ["issue_report"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({**OPINION, "conclusion": "perhaps"}, "completions.1.values.conclusion"),
        (
            {"conclusion": "transferred", "transfer_reason": "不属本部门", "transferred_to": "self"},
            "completions.1.values.transferred_to",
        ),
    ],
)
def test_a_mistake_in_one_answer_keeps_all_from_happening(
    world: World, stage_case: UUID, values: dict[str, Any], field: str
) -> None:
    first, second = of_one_department(world, stage_case)[:2]
    if values.get("transferred_to"):
        values = {**values, "transferred_to": str(second.organisation_id)}

    with pytest.raises(Invalid) as refusal:
        complete(world, [first], Completion(second.id, values))

    errors: Any = refusal.value.details.get("errors") or [{"field": refusal.value.field}]
    assert errors[0]["field"] == field
    assert opinions(world) == 0
    assert world.scalar("SELECT count(*) FROM work_items WHERE status = 'done'") == 0


def test_the_same_task_twice_is_refused(world: World, stage_case: UUID) -> None:
    task = of_one_department(world, stage_case)[0]

    with pytest.raises(Conflict, match="已经有人办过") as refusal:
        complete(world, [task, task])

    assert refusal.value.field == "completions.1.task_id"
    assert opinions(world) == 0


def test_another_departments_task_among_them_is_refused(world: World, stage_case: UUID) -> None:
    tasks = of_one_department(world, stage_case)
    other = next(task for task in world.tasks(stage_case, "answer") if task.organisation_id != tasks[0].organisation_id)
    lead = world.person(tasks[0].organisation_id, tasks[0].role)

    with pytest.raises(NotFound, match="没有这个任务") as refusal:
        complete(world, [tasks[0], other], actor=lead)

    assert refusal.value.field == "completions.1.task_id"
    assert opinions(world) == 0


def test_tasks_of_two_stage_cases_do_not_go_together(world: World, stage_case: UUID) -> None:
    other = world.start(world.register(CODE[:-1] + "7"))
    first = of_one_department(world, stage_case)[0]
    second = of_one_department(world, other)[0]

    with pytest.raises(Invalid, match="同一个阶段办理的同一种任务"):
        complete(world, [first, second])

    assert opinions(world) == 0


def test_two_people_of_one_post_who_answer_the_same_at_once_answer_once(world: World, stage_case: UUID) -> None:
    tasks = of_one_department(world, stage_case)
    colleague = world.person(tasks[0].organisation_id, tasks[0].role, 2)
    first = world.worker(tasks[0])

    results = at_once(
        [lambda: complete(world, tasks, actor=first), lambda: complete(world, tasks[::-1], actor=colleague)]
    )

    assert sum(isinstance(result, Conflict) for result in results) == 1
    assert opinions(world) == len(tasks)
