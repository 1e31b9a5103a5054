"""A limit that becomes yellow or red is told of once for each due, to whom the pack says, by whichever scanner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from cases.claims import claim_messages
from cases.deliver_outbox import MOST_ATTEMPTS, deliver_outbox
from cases.models import WorkItem
from cases.tell_lights import tell_lights
from database.clock import current_time
from tests.integration.cases.test_calendars import DAYS_OFF_2026, DAYS_ON_2026, publish, recompute
from tests.integration.cases.test_people_at_once import at_once
from tests.integration.cases.world import World
from worktime import Notice

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 10:00 in Beizhen
YELLOW = datetime(2026, 3, 3, 7, 54, tzinfo=UTC)  # four fifths of Tuesday's hours are worked
DUE = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LIGHT_AGAIN = text("UPDATE due_rows SET light_at = yellow_at WHERE task_id = :task AND kind = 'task'")
MOVED = text(
    "UPDATE due_rows SET due_at = due_at + :by, yellow_at = yellow_at + :by, light_at = yellow_at + :by"
    " WHERE task_id = :task AND kind = 'task'"
)
HELD = text("UPDATE due_rows SET held = true WHERE task_id = :task AND kind = 'task'")
PROVISIONAL = text("UPDATE due_rows SET provisional = true WHERE task_id = :task AND kind = 'task'")


@pytest.fixture
def answer(world: World) -> WorkItem:
    """The task of one department in planning, with its limit of a working day."""
    world.database.set_clock(MONDAY)
    supervisor(world)
    stage_case = world.start()
    task = next(task for task in world.tasks(stage_case, "answer") if world.code_of(task.organisation_id) == "sports")
    world.person("sports", "officer")
    world.run(lambda session: [deliver_outbox(session, each) for each in claim_messages(session, 1000, MONDAY)])
    return task


def tell(world: World, at: datetime) -> int:
    """A scanner looks at that time, and what it put into the outbox is delivered."""
    world.database.set_clock(at)
    told = world.run(lambda session: tell_lights(session, 1000, current_time(session)))
    deliver(world)
    return told


def deliver(world: World) -> None:
    waiting = world.run(lambda session: claim_messages(session, 1000, current_time(session)))
    for message in waiting:
        world.run(partial(deliver_outbox, message_id=message))


def limit_of(world: World, task: WorkItem) -> Any:
    return world.rows("SELECT * FROM due_rows WHERE task_id = :task AND kind = 'task'", task=task.id)[0]


def events(world: World, task: WorkItem) -> list[tuple[str, datetime]]:
    rows = world.rows(
        "SELECT colour, due_at FROM light_events WHERE due_row_id = :limit ORDER BY told_at",
        limit=limit_of(world, task).id,
    )
    return [tuple(row) for row in rows]


def inbox(world: World, user_id: UUID) -> list[str]:
    rows = world.rows(
        "SELECT title FROM notices WHERE user_id = :user AND kind = 'light' ORDER BY delivered_at", user=user_id
    )
    return [row.title for row in rows]


def test_the_yellow_instant_stands_beside_the_due(world: World, answer: WorkItem) -> None:
    limit = limit_of(world, answer)
    assert (limit.yellow_at, limit.due_at, limit.light_at) == (YELLOW, DUE, YELLOW)
    assert (limit.organisation_id, limit.stage_case_id) == (answer.organisation_id, answer.stage_case_id)
    timers = world.rows("SELECT yellow_at, light_at FROM due_rows WHERE kind = 'timer'")
    assert {tuple(row) for row in timers} == {(None, None)}


def test_nobody_is_told_before_the_limit_is_yellow(world: World, answer: WorkItem) -> None:
    assert tell(world, YELLOW - SECOND) == 0
    assert events(world, answer) == []


def test_yellow_is_told_to_whoever_may_take_the_task(world: World, answer: WorkItem) -> None:
    assert tell(world, YELLOW + SECOND) > 0
    assert events(world, answer) == [("yellow", DUE)]
    assert inbox(world, world.person("sports", "officer").user_id) == [
        f"黄灯：“{subject(world, answer)}”（闾山中学新校区）应于 2026-03-03 17:30 前办结"
    ]
    assert inbox(world, supervisor(world)) == []


def test_red_is_told_to_the_supervisor_too(world: World, answer: WorkItem) -> None:
    tell(world, YELLOW + SECOND)
    tell(world, DUE + SECOND)
    assert events(world, answer) == [("yellow", DUE), ("red", DUE)]
    told = inbox(world, world.person("sports", "officer").user_id)
    assert [title[:2] for title in told] == ["黄灯", "红灯"]
    assert any(title == told[1] for title in inbox(world, supervisor(world)))


def test_at_the_due_instant_the_limit_is_not_red(world: World, answer: WorkItem) -> None:
    tell(world, YELLOW + SECOND)
    world.run(lambda session: tell_lights(session, 1000, DUE))
    assert events(world, answer) == [("yellow", DUE)]


def test_a_limit_that_passed_yellow_unseen_is_told_as_red_only(world: World, answer: WorkItem) -> None:
    tell(world, DUE + SECOND)
    assert events(world, answer) == [("red", DUE)]


def test_what_was_told_is_not_told_again(world: World, answer: WorkItem) -> None:
    tell(world, YELLOW + SECOND)
    assert tell(world, YELLOW + timedelta(minutes=5)) == 0
    tell(world, DUE + SECOND)
    assert tell(world, DUE + timedelta(days=3)) == 0
    assert len(events(world, answer)) == 2


def test_two_scanners_tell_once(world: World, answer: WorkItem) -> None:
    world.database.set_clock(YELLOW + SECOND)
    at_once([lambda: world.run(lambda session: tell_lights(session, 10, current_time(session))) for _ in range(4)] * 3)
    while world.run(lambda session: tell_lights(session, 1000, current_time(session))):
        pass
    doubled = "SELECT count(*) FROM (SELECT due_row_id FROM light_events GROUP BY 1 HAVING count(*) > 1) twice"
    assert world.scalar(doubled) == 0
    lit = world.scalar("SELECT count(*) FROM due_rows WHERE yellow_at IS NOT NULL")
    assert world.scalar("SELECT count(*) FROM light_events") == lit > 4
    assert world.scalar("SELECT count(*) FROM outbox WHERE topic = 'light'") == lit


def test_the_same_due_told_again_by_a_late_scanner_is_one_notice(world: World, answer: WorkItem) -> None:
    tell(world, YELLOW + SECOND)
    world.run(lambda session: session.execute(LIGHT_AGAIN, {"task": answer.id}))
    tell(world, YELLOW + 2 * SECOND)
    assert events(world, answer) == [("yellow", DUE)]
    assert len(inbox(world, world.person("sports", "officer").user_id)) == 1


def test_a_new_due_is_told_anew(world: World, answer: WorkItem) -> None:
    tell(world, YELLOW + SECOND)
    later = timedelta(days=1)
    world.run(lambda session: session.execute(MOVED, {"task": answer.id, "by": later}))
    tell(world, YELLOW + later + SECOND)
    assert events(world, answer) == [("yellow", DUE), ("yellow", DUE + later)]


def test_a_task_that_is_done_is_not_told_of(world: World, answer: WorkItem) -> None:
    world.complete(answer, world.values(answer))
    tell(world, DUE + SECOND)
    assert events(world, answer) == []


def test_a_limit_that_stands_is_grey_and_not_told_of(world: World, answer: WorkItem) -> None:
    world.run(lambda session: session.execute(HELD, {"task": answer.id}))
    tell(world, DUE + SECOND)
    assert events(world, answer) == []


def test_a_provisional_limit_is_told_as_yellow_and_never_as_red(world: World, answer: WorkItem) -> None:
    world.run(lambda session: session.execute(PROVISIONAL, {"task": answer.id}))
    tell(world, DUE + SECOND)
    tell(world, DUE + timedelta(days=9))
    assert events(world, answer) == [("yellow", DUE)]


def test_a_due_of_an_older_calendar_is_not_told_before_it_is_computed_anew(world: World, answer: WorkItem) -> None:
    day_off = Notice(2026, frozenset(DAYS_OFF_2026 | {DUE.date()}), frozenset(DAYS_ON_2026))
    publish(world, day_off)
    assert tell(world, DUE + SECOND) == 0
    assert events(world, answer) == []

    recompute(world)
    tell(world, DUE + 2 * SECOND)
    assert events(world, answer) == []
    tell(world, YELLOW + timedelta(days=1) + SECOND)
    assert events(world, answer) == [("yellow", DUE + timedelta(days=1))]


def test_a_vacant_post_is_a_red_matter_and_no_delivery(world: World, answer: WorkItem) -> None:
    tell(world, YELLOW + SECOND)
    rows = world.rows("SELECT * FROM outbox WHERE topic = 'light' AND problem = 'vacant'")
    vacant = {row.organisation_id for row in rows}
    assert answer.organisation_id not in vacant
    assert rows
    assert all(row.delivered_at is None and "岗位空缺" in row.last_error for row in rows)
    assert {row.region_code for row in rows} == {world.release.region.code}
    assert {row.stage_case_id for row in rows} == {answer.stage_case_id}


def test_a_message_that_cannot_be_delivered_dies_and_stays_a_red_matter(world: World, answer: WorkItem) -> None:
    tell(world, YELLOW + SECOND)
    for _ in range(MOST_ATTEMPTS):
        world.database.move_clock(timedelta(hours=5))
        deliver(world)
    dead = world.rows("SELECT * FROM outbox WHERE topic = 'light' AND dead_at IS NOT NULL AND delivered_at IS NULL")
    assert dead
    assert {row.problem for row in dead} == {"vacant"}


def test_a_task_that_is_over_needs_no_notice(world: World) -> None:
    world.database.set_clock(MONDAY)
    world.person("sports", "officer")
    stage_case = world.start()
    task = next(task for task in world.tasks(stage_case, "answer") if world.code_of(task.organisation_id) == "sports")
    world.complete(task, world.values(task))
    deliver(world)
    rows = world.rows("SELECT * FROM outbox WHERE payload->>'work_item' = :task", task=str(task.id))
    assert [(row.delivered_at, row.problem) for row in rows] == [(None, None)]
    assert "已经结束" in rows[0].last_error


def subject(world: World, task: WorkItem) -> str:
    name = "SELECT coalesce(subject->>'name', :task) FROM process_instances WHERE id = :id"
    return str(world.scalar(name, task=task.name, id=task.instance_id))


def supervisor(world: World) -> UUID:
    return world.person("approval", "supervisor").user_id
