"""What people see in their lists: their own, their post's, what they have done; each in one query."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Select, event

from accounts.actor import Actor
from cases.claim_task import claim_task
from cases.queries import history, projects, stage_cases, tasks
from tests.integration.cases.conftest import Preparation
from tests.integration.cases.world import OPINION, World


def asked(world: World) -> UUID:
    """A stage whose planning has been sent out, with one answer given."""
    found = world.start()
    world.complete(world.tasks(found, "answer")[0], OPINION)
    return found


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    """The stage that each test has a copy of."""
    return asked


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """The statements that are sent inside."""
    sent: list[str] = []

    def keep(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    bind = world.sessions.kw["bind"]
    event.listen(bind, "before_cursor_execute", keep)
    yield sent
    event.remove(bind, "before_cursor_execute", keep)


def seen(world: World, statement: Select[*tuple[Any, ...]]) -> list[Any]:
    """The rows of a list, got with one statement."""
    with statements(world) as sent, world.sessions() as session:
        rows = list(session.execute(statement))
    assert len(sent) == 1
    return rows


def test_a_post_sees_its_open_tasks_with_what_tells_them_apart(world: World, stage_case: UUID) -> None:
    asked = world.tasks(stage_case, "answer")
    actor = world.worker(asked[0])

    rows = seen(world, tasks.tasks_of_my_posts(actor))

    assert {row.id for row in rows} == {task.id for task in asked if task.organisation_id == actor.organisation_id}
    row = next(row for row in rows if row.id == asked[0].id)
    assert (row.project_name, row.name, row.limit_text) == ("闾山中学新校区", "回复策划意见", "1WD")
    assert row.item_name
    assert row.due_at is not None


def test_what_one_has_claimed_and_what_one_has_done_are_lists_of_their_own(world: World, stage_case: UUID) -> None:
    task = world.tasks(stage_case, "answer")[0]
    actor = world.worker(task)
    assert seen(world, tasks.my_tasks(actor)) == []

    world.run(lambda session: claim_task(session, actor, task.id))
    assert [row.id for row in seen(world, tasks.my_tasks(actor))] == [task.id]
    world.complete(task, OPINION)

    assert seen(world, tasks.my_tasks(actor)) == []
    assert task.id in {row.id for row in seen(world, tasks.done_tasks(actor))}


def test_a_task_outside_the_data_scope_does_not_exist(world: World, stage_case: UUID) -> None:
    task = world.tasks(stage_case, "answer")[0]
    stranger = world.person("gas", "officer")

    assert seen(world, tasks.one_task(stranger, task.id)) == []
    assert [row.id for row in seen(world, tasks.one_task(world.lead, task.id))] == [task.id]


@pytest.mark.parametrize("listed", [stage_cases.visible_stage_cases, projects.visible_projects])
def test_a_department_sees_what_it_has_a_task_in_and_no_other(world: World, stage_case: UUID, listed: Any) -> None:
    asked = world.worker(world.tasks(stage_case, "answer")[0])
    stranger: Actor = world.person("gas", "officer")

    assert len(seen(world, listed(asked))) == 1
    assert len(seen(world, listed(world.lead))) == 1
    assert seen(world, listed(stranger)) == []


def test_the_history_of_a_stage_names_who_did_what(world: World, stage_case: UUID) -> None:
    (row,) = seen(world, history.history(world.lead, stage_case))

    assert (row.name, row.status) == ("回复策划意见", "done")
    assert row.closed_by_name
    assert row.submission["conclusion"] == "required"


def test_item_cases_and_materials_of_a_stage_are_one_query_each(world: World, stage_case: UUID) -> None:
    world.drive(stage_case, until="review")

    cases = seen(world, stage_cases.visible_item_cases(world.lead))
    assert len(cases) == len(world.tasks(stage_case, "review"))
    assert {row.status for row in seen_entities(world, stage_cases.materials(stage_case))} <= {
        "passed",
        "not_applicable",
        "missing",
    }


def seen_entities(world: World, statement: Select[Any]) -> list[Any]:
    """The entities of a list, got with one statement."""
    return [row[0] for row in seen(world, statement)]
