"""A stage of forty departments: they answer, and are dispatched to, in the same instant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from cases.models import WorkItem
from cases.releases import vocabulary
from cases.resume_item import resume_item
from cases.suspend_item import suspend_item
from processes.loader import PACKS, load_files, read_folder
from processes.release import Release
from tests.bench.wide import PROCESS_TYPE, WIDTH, widen
from tests.integration.cases.conftest import Preparation
from tests.integration.cases.test_people_at_once import at_once, completion
from tests.integration.cases.world import World

MOST_STATEMENTS = 40
"""What a void may take, beside the hot ones, however many items end with it."""


@contextmanager
def counted(sessions: sessionmaker[Session]) -> Iterator[list[int]]:
    """How many statements went through SQLAlchemy meanwhile."""
    count, engine = [0], sessions.kw["bind"]

    def one_more(*_: Any) -> None:
        count[0] += 1

    event.listen(engine, "before_cursor_execute", one_more)
    try:
        yield count
    finally:
        event.remove(engine, "before_cursor_execute", one_more)


@pytest.fixture(scope="module")
def release() -> Release:
    """The reference pack with forty more departments."""
    return load_files(widen(read_folder(PACKS / "beizhen")), vocabulary())


def all_arrived(world: World) -> UUID:
    """A stage whose forty items have arrived at their departments."""
    found = world.start(process_type=PROCESS_TYPE)
    world.drive(found, until="review")
    return found


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    """The stage that each test has a copy of."""
    return all_arrived


def accept_all(world: World, stage_case: UUID) -> list[WorkItem]:
    """All forty are reviewed and accepted; the tasks that handle them."""
    for element in ("review", "accept"):
        for task in world.tasks(stage_case, element):
            world.complete(task, world.values(task))
    return world.tasks(stage_case, "handle")


def test_forty_departments_answer_in_the_same_instant_and_all_are_accepted(world: World) -> None:
    stage_case = world.start(process_type=PROCESS_TYPE)
    asked = world.tasks(stage_case, "answer")
    assert len(asked) == WIDTH

    results = at_once([completion(world, task) for task in asked])

    assert results == [None] * WIDTH
    assert [task.element_id for task in world.tasks(stage_case)] == ["issue_report"]
    assert world.scalar("SELECT count(*) FROM planning_opinions") == WIDTH


def test_forty_items_are_dispatched_at_once_and_end_at_once(world: World, stage_case: UUID) -> None:
    assert len(world.tasks(stage_case, "review")) == WIDTH
    assert world.scalar("SELECT count(*) FROM status_events WHERE code = 1") == WIDTH

    for element in ("review", "accept", "handle"):
        tasks = world.tasks(stage_case, element)
        assert at_once([completion(world, task) for task in tasks]) == [None] * WIDTH

    assert [task.element_id for task in world.tasks(stage_case)] == ["complete"]
    world.drive(stage_case)
    assert world.scalar("SELECT status FROM stage_cases") == "completed"


@pytest.mark.parametrize("left", [1, WIDTH - 1])
def test_a_refused_main_line_item_ends_every_open_item_as_one_act(world: World, stage_case: UUID, left: int) -> None:
    tasks = accept_all(world, stage_case)
    main = "SELECT id FROM item_cases WHERE main"
    refused = next(task for task in tasks if task.item_case_id in {row.id for row in world.rows(main)})
    others = [task for task in tasks if task.id != refused.id]
    for task in others[left:]:
        world.complete(task, world.values(task))

    refusal = {"decision": "refuse", "reason": "不符合", "basis": "第三条", "deviation": "方案变更"}
    with counted(world.sessions) as statements:
        world.complete(refused, refusal)

    assert world.tasks(stage_case) == []
    assert world.scalar("SELECT status FROM stage_cases") == "void"
    assert world.scalar("SELECT count(*) FROM item_cases WHERE ended_at IS NULL") == 0
    assert world.scalar("SELECT count(*) FROM item_cases WHERE history = '{1,3,8}'") == left
    assert world.scalar("SELECT count(*) FROM item_cases WHERE status = 11") == WIDTH - 1 - left
    assert world.scalar("SELECT count(*) FROM process_instances WHERE status = 'active'") == 0
    assert world.scalar("SELECT count(*) FROM due_rows WHERE cancelled_at IS NULL AND fired_at IS NULL") == 0
    assert statements[0] <= MOST_STATEMENTS


@pytest.mark.parametrize("others", [1, WIDTH - 1])
def test_a_suspended_main_line_item_freezes_and_thaws_as_one_act(world: World, stage_case: UUID, others: int) -> None:
    tasks = accept_all(world, stage_case)
    main = {row.id for row in world.rows("SELECT id FROM item_cases WHERE main")}
    chosen = next(task for task in tasks if task.item_case_id in main)
    for task in [task for task in tasks if task.id != chosen.id][others:]:
        world.complete(task, world.values(task))
    who, case = world.worker(chosen), chosen.item_case_id
    assert case is not None

    grounds: dict[str, Any] = {"procedure": "experts", "reason": "方案复杂", "basis": "第六条"}
    world.run(lambda session: suspend_item(session, who, case, **grounds))
    assert world.scalar("SELECT count(*) FROM due_rows WHERE held AND kind = 'task'") == others + 1
    world.run(lambda session: resume_item(session, who, case, evidence="意见"))

    assert world.scalar("SELECT count(*) FROM due_rows WHERE held") == 0
    for task in world.tasks(stage_case, "handle"):
        world.complete(task, world.values(task))
    assert [task.element_id for task in world.tasks(stage_case)] == ["complete"]
