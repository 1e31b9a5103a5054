"""What follows when a limit passes and nobody acted: as the pack says, and never a decision on a licence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from cases.fire_due import fire_due
from cases.models import WorkItem
from cases.releases import vocabulary
from errors import Conflict
from processes.loader import PACKS, load_files, load_folder
from processes.release import Release
from tests.integration.cases.conftest import Preparation
from tests.integration.cases.items import item, waiting_for_review
from tests.integration.cases.world import World

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
REVIEW = 'form="item_review" guard="reason_if_against_opinion">'
ACCEPT = 'form="item_acceptance" guard="predecessors_approved">'
FIVE_DAYS = ' limit="5WD" timeout="pass" effective="start">'
UPLOAD = 'role="applicant" organisation="=applicant" form="submit_materials" />'
BEFORE, MAIN = "061", "062"


def switched(old: str, new: str, text: str) -> str:
    """The diagram with a pack's switch."""
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.fixture(scope="module")
def release() -> Release:
    """A pack in which an application of which nothing is said for five working days counts as accepted (许可法 32)."""
    files = dict(load_folder(PACKS / "beizhen", vocabulary()).files)
    text = files["item_case.bpmn"].decode()
    text = switched(REVIEW, REVIEW[:-1] + FIVE_DAYS + '<bl:lapse name="decision" value="accept" />', text)
    text = switched(ACCEPT, ACCEPT[:-1] + FIVE_DAYS + '<bl:lapse name="by_pledge" value="=False" />', text)
    return load_files({**files, "item_case.bpmn": text.encode()}, vocabulary())


def just_arrived(world: World) -> UUID:
    """A stage whose items have just arrived at their departments, on a Monday."""
    world.database.set_clock(MONDAY)
    return waiting_for_review(world)


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    """The stage that each test has a copy of."""
    return just_arrived


def task_of(world: World, stage_case: UUID, code: str) -> WorkItem:
    """The open task of an item."""
    return next(task for task in world.tasks(stage_case) if task.item_case_id == item(world, code).id)


def limit_of(world: World, task: WorkItem) -> Any:
    """The limit of a task."""
    return world.rows("SELECT * FROM due_rows WHERE task_id = :id AND kind = 'task'", id=task.id)[0]


def let_pass(world: World, stage_case: UUID, code: str) -> tuple[WorkItem, Any]:
    """The limit of the item's task passes and is fired; the task and its limit before."""
    task = task_of(world, stage_case, code)
    limit = limit_of(world, task)
    world.database.set_clock(max(limit.due_at, world.database.now) + timedelta(seconds=1))
    assert world.run(lambda session: fire_due(session, limit.id))
    return task, limit


def test_a_case_of_which_nothing_is_said_counts_as_accepted_since_it_was_received(
    world: World, stage_case: UUID
) -> None:
    received = item(world, BEFORE).opened_at
    review, limit = let_pass(world, stage_case, BEFORE)
    let_pass(world, stage_case, BEFORE)

    case = item(world, BEFORE)
    assert case.history == [1, 3, 8]
    assert case.accepted_at == limit.started_at
    events = world.rows("SELECT * FROM status_events WHERE item_case_id = :id AND code IN (3, 8)", id=case.id)
    assert {event.effective_at for event in events} == {limit.started_at}
    assert all(event.recorded_at > limit.due_at and event.actor_id is None for event in events)
    assert limit.started_at - received < timedelta(minutes=1)
    handle = limit_of(world, task_of(world, stage_case, BEFORE))
    assert handle.started_at == limit.started_at  # the promised limit runs from acceptance, not from the silence's end
    (done,) = world.rows("SELECT * FROM work_items WHERE id = :id", id=review.id)
    assert (done.status, done.closed_by, done.submission) == ("done", None, {"decision": "accept"})
    (over,) = world.rows("SELECT * FROM due_rows WHERE id = :id", id=limit.id)
    assert over.fired_at == over.cancelled_at


def test_silence_is_audited_as_the_platforms_act_and_told_to_the_department(world: World, stage_case: UUID) -> None:
    _, limit = let_pass(world, stage_case, BEFORE)

    (entry,) = world.rows("SELECT * FROM audit_entries WHERE action = 'task.lapse'")
    assert (entry.actor_id, entry.effective_at) == (None, limit.started_at)
    (told,) = world.rows("SELECT payload FROM outbox WHERE topic = 'limit_passed'")
    assert (told.payload["policy"], told.payload["due"]) == ("pass", str(limit.id))


def test_who_acts_in_time_is_not_overtaken_by_silence(world: World, stage_case: UUID) -> None:
    task = task_of(world, stage_case, BEFORE)
    limit = limit_of(world, task)
    world.database.set_clock(limit.due_at - timedelta(seconds=30))
    assert not world.run(lambda session: fire_due(session, limit.id))
    world.complete(task, world.values(task))
    world.database.set_clock(limit.due_at + timedelta(days=1))

    assert not world.run(lambda session: fire_due(session, limit.id))
    assert world.scalar("SELECT closed_by FROM work_items WHERE id = '" + str(task.id) + "'") is not None


def test_who_acts_after_silence_is_told_that_it_is_over(world: World, stage_case: UUID) -> None:
    task, limit = let_pass(world, stage_case, BEFORE)

    with pytest.raises(Conflict):
        world.complete(task, world.values(task))
    assert not world.run(lambda session: fire_due(session, limit.id))


def test_silence_does_not_get_past_a_precondition(world: World, stage_case: UUID) -> None:
    let_pass(world, stage_case, MAIN)
    task = task_of(world, stage_case, MAIN)
    limit = limit_of(world, task)

    assert not world.run(lambda session: fire_due(session, limit.id))  # its predecessor is not approved
    assert item(world, MAIN).history == [1]
    (waiting,) = world.rows("SELECT * FROM due_rows WHERE id = :id", id=limit.id)
    assert waiting.fired_at is None
    assert waiting.claimed_until > world.database.now


def test_a_licensing_decision_is_never_made_by_silence(world: World, stage_case: UUID) -> None:
    let_pass(world, stage_case, BEFORE)
    let_pass(world, stage_case, BEFORE)
    task, _ = let_pass(world, stage_case, BEFORE)

    assert task.element_id == "handle"
    assert item(world, BEFORE).history == [1, 3, 8]
    assert task_of(world, stage_case, BEFORE).id == task.id
