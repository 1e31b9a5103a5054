"""Departments are told of planning and dispatch within the pack's limit; missed, it is the lead's overdue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from cases.claims import claim_due_rows, claim_messages
from cases.deliver_outbox import deliver_outbox
from cases.fire_due import fire_due
from cases.queries.notifications import notifications
from cases.releases import vocabulary
from cases.tell_lights import tell_lights
from database.clock import current_time
from processes.findings import PackInvalid
from processes.install import install
from processes.loader import load_files
from tests.integration.cases.world import World

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DUE = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)  # Tuesday 17:30 in Beizhen
SECOND = timedelta(seconds=1)


@pytest.fixture
def stage_case(world: World) -> UUID:
    """A planning that went out on Monday morning; only the sports department has somebody on its post."""
    world.database.set_clock(MONDAY)
    world.person("sports", "officer")
    return world.start()


def deliver(world: World) -> None:
    for message in world.run(lambda session: claim_messages(session, 1000, current_time(session))):
        world.run(partial(deliver_outbox, message_id=message))


def fire(world: World) -> None:
    for due in world.run(lambda session: claim_due_rows(session, 1000, current_time(session))):
        world.run(partial(fire_due, due_id=due))


def listed(world: World, stage_case: UUID) -> dict[str, Any]:
    """The notifications of the stage case by department (of several, one)."""
    with world.sessions() as session:
        rows = session.execute(notifications(stage_case, current_time(session))).all()
    return {row.organisation_name: row for row in rows}


def board(world: World, organisation: str) -> list[Any]:
    """What burns as the promise of a department."""
    return world.rows(
        "SELECT * FROM due_rows WHERE kind = 'notice' AND organisation_id = :id AND cancelled_at IS NULL",
        id=world.organisations[organisation],
    )


def test_who_is_told_in_time_ends_the_limit_and_leaves_the_time(world: World, stage_case: UUID) -> None:
    deliver(world)
    told = listed(world, stage_case)["北镇市体育局"]
    assert (told.due_at, told.overdue, told.answerable_name) == (DUE, False, "北镇市自然资源局")
    assert MONDAY <= told.notified_at < MONDAY + timedelta(minutes=1)
    assert told.task_id not in {row.task_id for row in board(world, "natural_resources")}


def test_a_vacant_post_that_is_not_told_within_a_working_day_is_the_leads_overdue(
    world: World, stage_case: UUID
) -> None:
    deliver(world)
    world.database.set_clock(DUE - SECOND)
    assert not listed(world, stage_case)["北镇市行政审批局"].overdue
    world.database.set_clock(DUE + SECOND)
    world.run(lambda session: tell_lights(session, 1000, current_time(session)))
    fire(world)

    late = listed(world, stage_case)["北镇市行政审批局"]
    assert (late.overdue, late.notified_at, late.answerable_name) == (True, None, "北镇市自然资源局")
    (fired,) = world.rows("SELECT * FROM due_rows WHERE id = :id", id=late.limit_id)
    assert fired.fired_at is not None
    assert world.scalar("SELECT count(*) FROM audit_entries WHERE object_id = :id", id=str(late.limit_id)) == 1
    told = world.rows(
        "SELECT payload FROM outbox WHERE topic = 'light' AND payload->>'due' = :id", id=str(late.limit_id)
    )
    assert {row.payload["role"] for row in told} == {"lead_officer", "department_head", "supervisor"}
    lead = str(world.organisations["natural_resources"])
    assert {row.payload["organisation"] for row in told} == {lead, None}
    assert all("通知北镇市行政审批局" in row.payload["title"] for row in told)
    assert late.task_id in {task.id for task in world.tasks(stage_case, "answer")}  # nothing else follows from it


def test_who_is_told_late_stays_overdue_in_the_record_and_burns_no_longer(world: World, stage_case: UUID) -> None:
    deliver(world)
    world.database.set_clock(DUE + timedelta(hours=1))
    fire(world)
    task = listed(world, stage_case)["北镇市行政审批局"].task_id
    assert task in {row.task_id for row in board(world, "natural_resources")}
    world.person("approval", "officer")
    deliver(world)

    assert task not in {row.task_id for row in board(world, "natural_resources")}
    late = listed(world, stage_case)["北镇市行政审批局"]
    assert late.overdue
    assert late.notified_at > DUE


def test_a_department_that_answers_before_it_was_told_knew_of_it(world: World, stage_case: UUID) -> None:
    (task,) = (task for task in world.tasks(stage_case, "answer") if world.code_of(task.organisation_id) == "sports")
    world.complete(task, world.values(task))
    world.database.set_clock(DUE + timedelta(days=3))
    fire(world)

    answered = listed(world, stage_case)["北镇市体育局"]
    assert (answered.overdue, answered.notified_at) == (False, None)
    assert world.scalar("SELECT fired_at FROM due_rows WHERE id = :id", id=answered.limit_id) is None


def test_what_is_dispatched_is_told_within_the_limit_and_after_a_correction_not_again(
    world: World, stage_case: UUID
) -> None:
    world.drive(stage_case, until="review")
    review = world.tasks(stage_case, "review")[0]
    kinds = world.rows("SELECT kind, organisation_id FROM due_rows WHERE task_id = :id", id=review.id)
    assert [tuple(row) for row in kinds] == [("notice", world.organisations["natural_resources"])]
    material = world.scalar(
        "SELECT code FROM stage_materials WHERE stage_case_id = :case AND items @> ARRAY[:item] LIMIT 1",
        case=stage_case,
        item=world.scalar("SELECT item_code FROM item_cases WHERE id = :id", id=review.item_case_id),
    )
    asked = [{"code": material, "reason": "缺页"}]
    world.complete(review, {"decision": "correction", "missing": "补齐材料", "materials": asked})
    correct = next(task for task in world.tasks(stage_case, "correct") if task.item_case_id == review.item_case_id)
    world.complete(correct, world.values(correct))

    again = next(task for task in world.tasks(stage_case, "review") if task.item_case_id == review.item_case_id)
    assert world.rows("SELECT kind FROM due_rows WHERE task_id = :id", id=again.id) == []
    assert world.scalar("SELECT cancelled_at FROM due_rows WHERE task_id = :id", id=review.id) is not None


def test_a_pack_may_let_the_missed_notification_have_no_light(world: World) -> None:
    files = dict(world.release.files)
    files["pack.toml"] = files["pack.toml"].replace(b"notice = true", b"notice = false")
    dark = load_files(files, vocabulary())
    world.run(lambda session: install(session, dark, current_time(session)))
    world.database.set_clock(MONDAY)
    stage_case = world.start()
    world.database.set_clock(DUE + SECOND)
    fire(world)

    late = listed(world, stage_case)["北镇市体育局"]
    (row,) = world.rows("SELECT * FROM due_rows WHERE id = :id", id=late.limit_id)
    assert (late.overdue, row.yellow_at, row.light_at) == (True, None, None)
    assert row.fired_at is not None


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("pack.toml", "notice = true", 'notice = "yes"', "notice 要是 true 或 false"),
        ("planning_opinion.bpmn", '<bl:notice limit="1WD"', '<bl:notice limit="soon"', "不是期限"),
        ("planning_opinion.bpmn", '1WD" organisation="=lead"', '1WD"', "没有填写"),
    ],
)
def test_a_notification_that_is_not_declared_whole_is_refused(
    world: World, file: str, old: str, new: str, says: str
) -> None:
    files = dict(world.release.files)
    files[file] = files[file].replace(old.encode(), new.encode(), 1)
    with pytest.raises(PackInvalid, match=says):
        load_files(files, vocabulary())
