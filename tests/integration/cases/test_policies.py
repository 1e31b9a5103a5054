"""What a task's timeout policy does when its limit passes: remind those who may take it, or tell those above them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from cases.claims import claim_due_rows
from cases.fire_due import fire_due
from cases.models import WorkItem
from cases.releases import vocabulary
from database.clock import current_time
from processes.loader import PACKS, load_files, load_folder
from processes.release import Release
from tests.integration.cases.test_reminders import deliver
from tests.integration.cases.world import World

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DUE = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
LATE = DUE + timedelta(seconds=1)
reminding = pytest.mark.parametrize("release", ["remind"], indirect=True)
escalating = pytest.mark.parametrize("release", ["escalate"], indirect=True)


@pytest.fixture(scope="module")
def release(request: pytest.FixtureRequest) -> Release:
    """The reference pack, in which the planning opinions have the policy that the test asks for."""
    files = dict(load_folder(PACKS / "beizhen", vocabulary()).files)
    text = files["planning_opinion.bpmn"].decode()
    assert 'timeout="remind"' in text
    changed = text.replace('timeout="remind"', f'timeout="{request.param}"')
    return load_files({**files, "planning_opinion.bpmn": changed.encode()}, vocabulary())


@pytest.fixture
def answer(world: World) -> WorkItem:
    """The question to one department, asked on Monday with a working day to answer."""
    world.database.set_clock(MONDAY)
    for post in (("sports", "officer"), ("sports", "department_head"), ("approval", "supervisor")):
        world.person(*post)
    stage_case = world.start()
    return next(task for task in world.tasks(stage_case, "answer") if world.code_of(task.organisation_id) == "sports")


def let_pass(world: World, moment: datetime) -> int:
    """The scan looks at that time and workers do what it claims; how many limits fired."""
    world.database.set_clock(moment)
    claimed = world.run(lambda session: claim_due_rows(session, 1000, current_time(session)))
    fired = sum(world.run(partial(fire_due, due_id=due)) for due in claimed)
    deliver(world)
    return fired


def reminders(world: World, task: WorkItem) -> list[Any]:
    return world.rows("SELECT * FROM reminders WHERE work_item_id = :task", task=task.id)


def told(world: World, kind: str) -> set[str]:
    """Who has a notice of that kind of the overdue question, by user name."""
    found = world.rows(
        "SELECT u.username FROM notices n JOIN users u ON u.id = n.user_id WHERE n.kind = :kind", kind=kind
    )
    return {row.username for row in found}


@reminding
def test_nothing_follows_until_the_limit_has_passed(world: World, answer: WorkItem) -> None:
    assert let_pass(world, DUE - timedelta(minutes=1)) == 0
    assert reminders(world, answer) == []


@reminding
def test_the_policy_remind_asks_the_holders_of_the_post_once(world: World, answer: WorkItem) -> None:
    assert let_pass(world, LATE) > 1
    let_pass(world, LATE + timedelta(minutes=5))

    (found,) = reminders(world, answer)
    assert (found.organisation_id, found.role, found.sent_by) == (answer.organisation_id, answer.role, None)
    assert "超过办理期限" in found.text
    assert told(world, "reminder") == {"sports_officer_1"}


@reminding
def test_a_task_that_is_done_before_the_message_is_delivered_is_not_reminded_of(world: World, answer: WorkItem) -> None:
    world.database.set_clock(LATE)
    limit = world.scalar("SELECT id FROM due_rows WHERE kind = 'task' AND task_id = :task", task=answer.id)
    assert world.run(partial(fire_due, due_id=limit))
    world.complete(answer, world.values(answer))
    deliver(world)

    assert reminders(world, answer) == []


@reminding
def test_a_task_done_in_time_has_no_limit_that_could_pass(world: World, answer: WorkItem) -> None:
    world.complete(answer, world.values(answer))
    let_pass(world, LATE)

    assert reminders(world, answer) == []


@escalating
def test_the_policy_escalate_tells_the_ladder_of_the_pack_and_reminds_nobody(world: World, answer: WorkItem) -> None:
    assert let_pass(world, LATE) > 1
    let_pass(world, LATE + timedelta(minutes=5))

    assert world.scalar("SELECT count(*) FROM reminders") == 0
    assert told(world, "light") == {"sports_department_head_1", "approval_supervisor_1"}
    limit = str(world.scalar("SELECT id FROM due_rows WHERE kind = 'task' AND task_id = :task", task=answer.id))
    messages = world.rows("SELECT payload FROM outbox WHERE topic = 'light' AND payload->>'due' = :due", due=limit)
    assert sorted(row.payload["role"] for row in messages) == ["department_head", "supervisor"]
    assert all(row.payload["title"].startswith("超时上报：") for row in messages)
