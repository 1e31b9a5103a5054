"""People who act in the same instant: on the same task, on different tasks, on the ends of children."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from cases import hot_write
from cases.claim_task import claim_task
from cases.complete_task import complete_task
from cases.models import WorkItem
from database.transaction import ATTEMPTS
from errors import Conflict
from tests.integration.cases.world import World


def at_once(actions: list[Callable[[], Any]]) -> list[Exception | None]:
    """Start all actions in the same instant; what each raised."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Exception | None:
        barrier.wait(10)
        try:
            action()
        except Exception as error:
            return error
        return None

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def completion(world: World, task: WorkItem, number: int = 1) -> Callable[[], None]:
    """The completion of a task by a holder of its post."""
    actor = world.person(task.organisation_id, task.role, number)
    values = world.values(task)
    return lambda: world.run(lambda session: complete_task(session, actor, task.id, values)) and None


def test_of_two_people_on_one_task_one_succeeds_and_the_other_gets_a_conflict(world: World) -> None:
    task = world.tasks(world.start(), "answer")[0]

    results = at_once([completion(world, task, number) for number in (1, 2)])

    refused = [result for result in results if result is not None]
    assert [getattr(result, "code", result) for result in refused] == ["task_already_done"]
    assert isinstance(refused[0], Conflict)
    assert world.scalar("SELECT count(*) FROM planning_opinions") == 1


def test_a_task_is_completed_once_however_often_it_is_sent(world: World) -> None:
    task = world.tasks(world.start(), "answer")[0]

    results = at_once([completion(world, task) for _ in range(8)])

    assert sum(result is None for result in results) == 1
    assert {type(result) for result in results if result is not None} == {Conflict}


def test_a_command_that_loses_one_race_after_another_is_computed_anew_each_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage_case = world.start()
    world.drive(stage_case, until="review")
    task = world.tasks(stage_case, "review")[0]
    actor, write, lost = world.worker(task), hot_write.write, count(1)

    def after_somebody_else(*arguments: Any) -> None:
        if next(lost) <= ATTEMPTS - 1:
            world.run(lambda session: claim_task(session, actor, task.id))
        write(*arguments)

    monkeypatch.setattr(hot_write, "write", after_somebody_else)
    world.complete(task, world.values(task), actor)

    assert next(lost) == ATTEMPTS + 1
    assert task.id not in [left.id for left in world.tasks(stage_case)]


def test_departments_that_answer_in_the_same_instant_all_succeed(world: World) -> None:
    stage_case = world.start()
    asked = world.tasks(stage_case, "answer")

    results = at_once([completion(world, task) for task in asked])

    assert results == [None] * len(asked)
    assert [task.element_id for task in world.tasks(stage_case)] == ["issue_report"]
    assert world.scalar("SELECT count(*) FROM planning_opinions") == len(asked)


def test_items_of_one_stage_are_worked_on_side_by_side(world: World) -> None:
    stage_case = world.start()
    world.drive(stage_case, until="review")
    reviews = world.tasks(stage_case, "review")

    results = at_once([completion(world, task) for task in reviews])

    assert results == [None] * len(reviews)
    assert len(world.tasks(stage_case, "accept")) == len(reviews)


def test_stages_of_different_projects_do_not_wait_for_each_other(world: World) -> None:
    cases: list[UUID] = []
    for number in range(3):
        cases.append(world.start(world.register(f"2403-210782-04-01-10000{number}")))
    tasks = [task for case in cases for task in world.tasks(case, "answer")]

    results = at_once([completion(world, task) for task in tasks])

    assert results == [None] * len(tasks)


def test_of_two_who_issue_the_one_report_the_second_hears_that_the_task_is_done(world: World) -> None:
    stage_case = world.start()
    world.drive(stage_case, until="issue_report")
    task = world.tasks(stage_case, "issue_report")[0]

    results = at_once([completion(world, task, number) for number in (1, 2)])

    refused = [result for result in results if result is not None]
    assert [getattr(result, "code", result) for result in refused] == ["task_already_done"]
    assert world.scalar("SELECT count(*) FROM planning_reports") == 1
