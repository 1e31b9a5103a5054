"""What remains when a diagram cannot go on, or a process dies at work: nothing of the command, and no doubt."""

from __future__ import annotations

import multiprocessing
import os
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from cases import hot_write
from cases.models import WorkItem
from cases.operations import OPERATIONS, Operation
from cases.retry_incident import retry_incident
from errors import Conflict, NotFound
from tests.integration.cases.test_tasks import state
from tests.integration.cases.world import OPINION, World


@pytest.fixture
def task(world: World) -> WorkItem:
    """What one of the departments is asked."""
    return world.tasks(world.start(), "answer")[0]


def break_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operation behind the answer fails as a programming error does."""

    def fail(inputs: Any, context: Any) -> Any:
        raise ZeroDivisionError("除以零")

    monkeypatch.setitem(OPERATIONS, "planning.record_opinion", Operation(perform=fail))


def incident(world: World) -> Any:
    """The one incident."""
    (row,) = world.rows("SELECT * FROM incidents")
    return row


def test_a_diagram_that_cannot_go_on_changes_nothing_and_leaves_an_incident(
    world: World, task: WorkItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(world)
    break_operation(monkeypatch)

    with pytest.raises(Conflict, match="流程图在这一步出错") as refused:
        world.complete(task, OPINION)

    assert state(world) == before
    row = incident(world)
    assert (row.instance_id, row.element_id, row.status) == (task.instance_id, "record_first", "open")
    assert refused.value.details == {"incident": str(row.id)}
    assert "ZeroDivisionError" in row.trace


def test_an_incident_is_retried_as_the_person_who_acted(
    world: World, task: WorkItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator = world.person("business_environment", "process_administrator")
    with monkeypatch.context() as broken:
        break_operation(broken)
        with pytest.raises(Conflict):
            world.complete(task, OPINION)

    found = world.run(lambda session: retry_incident(session, administrator, incident(world).id))

    assert found.status == "resolved"
    closed = world.rows("SELECT status, closed_by FROM work_items WHERE id = :id", id=task.id)[0]
    assert (closed.status, closed.closed_by) == ("done", world.worker(task).user_id)
    with pytest.raises(Conflict, match="不用再重试"):
        world.run(lambda session: retry_incident(session, administrator, found.id))


def test_an_incident_whose_cause_stands_fails_again_and_stays_open(
    world: World, task: WorkItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator = world.person("business_environment", "process_administrator")
    break_operation(monkeypatch)
    with pytest.raises(Conflict):
        world.complete(task, OPINION)
    first = incident(world).id

    with pytest.raises(Conflict, match="流程图在这一步出错"):
        world.run(lambda session: retry_incident(session, administrator, first))

    assert {row.status for row in world.rows("SELECT status FROM incidents")} == {"open"}


def test_only_who_may_retry_sees_an_incident(world: World, task: WorkItem, monkeypatch: pytest.MonkeyPatch) -> None:
    break_operation(monkeypatch)
    with pytest.raises(Conflict):
        world.complete(task, OPINION)

    with pytest.raises(NotFound):
        world.run(lambda session: retry_incident(session, world.clerk, incident(world).id))


def die(*_: Any) -> None:
    """As a process that is killed: nothing is tidied up."""
    os._exit(9)


@pytest.mark.parametrize("moment", ["before the write", "between write and commit"])
def test_a_process_that_dies_at_work_leaves_nothing_behind(world: World, task: WorkItem, moment: str) -> None:
    before, worker = state(world), world.worker(task)
    world.sessions.kw["bind"].dispose()

    def work() -> None:
        if moment == "before the write":
            hot_write._Statement.run = die  # type: ignore[method-assign,assignment]
        else:
            Session.commit = die  # type: ignore[method-assign,assignment]
        world.complete(task, OPINION, worker)

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    process.join(30)

    assert process.exitcode == 9
    assert state(world) == before
    world.complete(task, OPINION, worker)


def test_a_connection_that_breaks_before_the_commit_is_no_trouble(
    world: World, task: WorkItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = hot_write._Statement.run
    cut: list[int] = []

    def run(statement: Any, send: Any) -> None:
        if not cut:
            cut.append(send.__self__.driver.info.backend_pid)
            with world.database.connect(world.database.superuser_url) as superuser:
                superuser.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": cut[0]})
        usual(statement, send)

    monkeypatch.setattr(hot_write._Statement, "run", run)

    world.complete(task, OPINION)

    assert cut
    assert world.scalar("SELECT status FROM work_items WHERE id = :id", id=task.id) == "done"
    assert world.scalar("SELECT count(*) FROM planning_opinions") == 1
