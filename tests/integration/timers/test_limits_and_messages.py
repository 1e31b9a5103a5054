"""From a due row to what the diagram does, and from the outbox to people: through real queues and workers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from subprocess import Popen
from uuid import UUID, uuid4

import pytest
from redis import Redis, RedisError
from sqlalchemy import text

from cases.claims import LEASE, claim_due_rows
from cases.fire_due import fire_due
from database.clock import current_time
from tests.integration.cases.test_people_at_once import at_once
from tests.integration.cases.world import World
from timers import jobs, queues, scan

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
StartWorker = Callable[[], Popen[bytes]]

PASSED = "SELECT count(*) FROM due_rows WHERE fired_at IS NULL AND cancelled_at IS NULL AND due_at < platform_now()"
CLAIMED = "SELECT count(*) FROM due_rows WHERE claimed_until IS NOT NULL"


def test_a_limit_that_passes_moves_the_diagram_on(world: World, redis: Redis, start_worker: StartWorker) -> None:
    world.database.set_clock(MONDAY)
    stage_case = world.start()
    asked = len(world.tasks(stage_case, "answer"))
    world.database.move_clock(timedelta(days=7))

    assert scan.look(world.sessions, redis) >= asked
    worker = start_worker()

    world.until(PASSED, 0, worker)
    assert len(world.tasks(stage_case, "answer_final")) == asked
    assert world.tasks(stage_case, "answer") == []


def test_nobody_claims_what_is_claimed_nor_what_is_provisional(world: World) -> None:
    world.database.set_clock(MONDAY)
    world.start()
    world.database.move_clock(timedelta(days=7))
    waiting = world.scalar(PASSED)

    def claim(most: int) -> list[UUID]:
        return world.run(lambda session: claim_due_rows(session, most, current_time(session)))

    first = claim(2)
    others = world.rows("SELECT id FROM due_rows WHERE claimed_until IS NULL AND due_at < platform_now() ORDER BY id")
    provisional = others[0].id
    update = text("UPDATE due_rows SET provisional = true WHERE id = :id")
    world.run(lambda session: session.execute(update, {"id": provisional}))

    rest = claim(waiting)
    assert len(first) + len(rest) == len({*first, *rest}) == waiting - 1
    assert provisional not in rest
    world.database.move_clock(LEASE + timedelta(seconds=1))
    assert set(claim(waiting)) == {*first, *rest}


def test_who_may_take_a_task_is_told_through_the_outbox(world: World, redis: Redis, start_worker: StartWorker) -> None:
    holder = world.person("sports", "officer")
    stage_case = world.start()

    scan.look(world.sessions, redis)
    worker = start_worker()

    world.until("SELECT count(*) FROM outbox WHERE attempts = 0", 0, worker)
    told = world.rows("SELECT user_id, work_item_id FROM notices")
    mine = [task.id for task in world.tasks(stage_case, "answer") if task.organisation_id == holder.organisation_id]
    assert [(row.user_id, row.work_item_id) for row in told] == [(holder.user_id, mine[0])]


def test_a_post_that_nobody_holds_is_no_delivery(world: World, redis: Redis, start_worker: StartWorker) -> None:
    world.start()

    scan.look(world.sessions, redis)
    worker = start_worker()

    world.until("SELECT count(*) FROM outbox WHERE attempts = 0", 0, worker)
    assert world.scalar("SELECT count(*) FROM outbox WHERE delivered_at IS NOT NULL") == 0
    assert "岗位空缺" in world.scalar("SELECT min(last_error) FROM outbox")


def test_a_limit_fires_once_however_many_jobs_carry_it(world: World) -> None:
    world.database.set_clock(MONDAY)
    stage_case = world.start()
    world.database.move_clock(timedelta(days=7))
    row = world.rows("SELECT id FROM due_rows WHERE kind = 'timer' ORDER BY id LIMIT 1")[0]

    results = at_once([lambda: world.run(lambda session: fire_due(session, row.id)) for _ in range(6)])

    assert results == [None] * 6
    assert len(world.tasks(stage_case, "answer_final")) == 1


def test_a_limit_whose_task_was_done_never_fires(world: World) -> None:
    world.database.set_clock(MONDAY)
    stage_case = world.start()
    task = world.tasks(stage_case, "answer")[0]
    world.complete(task, world.values(task))
    world.database.move_clock(timedelta(days=7))

    for row in world.rows("SELECT id FROM due_rows WHERE instance_id = :id", id=task.instance_id):
        assert not world.run(partial(fire_due, due_id=row.id))


def test_a_limit_does_not_fire_at_its_due_instant_but_after_it(world: World) -> None:
    world.database.set_clock(MONDAY)
    world.start()
    row = world.rows("SELECT id, due_at FROM due_rows WHERE kind = 'timer' ORDER BY id LIMIT 1")[0]
    world.database.set_clock(row.due_at - timedelta(seconds=30))

    assert not world.run(lambda session: fire_due(session, row.id))
    world.database.set_clock(row.due_at + timedelta(milliseconds=1))
    assert world.run(lambda session: fire_due(session, row.id))


def test_two_scanners_share_what_is_due(world: World, redis: Redis) -> None:
    world.database.set_clock(MONDAY)
    world.start()
    due = world.scalar("SELECT count(*) FROM due_rows")
    world.database.move_clock(timedelta(days=7))

    at_once([lambda: scan.look(world.sessions, redis) for _ in range(2)])

    waiting = queues.queue(redis, queues.DUE).jobs
    ids = [identifier for job in waiting for identifier in job.args[0]]
    assert len(ids) == len(set(ids)) == due


def test_a_scan_claims_no_more_than_the_queue_has_room_for(world: World, redis: Redis) -> None:
    world.database.set_clock(MONDAY)
    world.start()
    world.database.move_clock(timedelta(days=7))
    for _ in range(queues.MOST_JOBS_WAITING):
        queues.enqueue_ids(redis, queues.DUE, jobs.FIRE_DUE, [uuid4()])

    scan.look(world.sessions, redis)
    assert world.scalar(CLAIMED) == 0
    redis.flushall()
    scan.look(world.sessions, redis)
    assert world.scalar(CLAIMED) > 0


def test_a_lost_job_is_claimed_again_when_its_lease_has_passed(world: World, redis: Redis) -> None:
    world.database.set_clock(MONDAY)
    world.start()
    due = world.scalar("SELECT count(*) FROM due_rows")
    world.database.move_clock(timedelta(days=7))
    scan.look(world.sessions, redis)
    redis.flushall()

    scan.look(world.sessions, redis)
    assert queues.queue(redis, queues.DUE).count == 0
    world.database.move_clock(LEASE + timedelta(seconds=1))
    scan.look(world.sessions, redis)

    ids = [identifier for job in queues.queue(redis, queues.DUE).jobs for identifier in job.args[0]]
    assert len(ids) == due


def test_without_redis_people_work_on_and_nothing_is_claimed(world: World) -> None:
    world.database.set_clock(MONDAY)
    stage_case = world.start()
    world.database.move_clock(timedelta(days=7))
    nowhere = queues.connect("redis://127.0.0.1:1/0")

    with pytest.raises(RedisError):
        scan.look(world.sessions, nowhere)
    task = world.tasks(stage_case, "answer")[0]
    world.complete(task, world.values(task))

    assert world.scalar(CLAIMED) == 0


def test_a_worker_that_is_killed_at_work_loses_nothing(world: World, redis: Redis, start_worker: StartWorker) -> None:
    world.database.set_clock(MONDAY)
    stage_case = world.start()
    asked = len(world.tasks(stage_case, "answer"))
    world.database.move_clock(timedelta(days=7))
    scan.look(world.sessions, redis)
    first = start_worker()
    world.until("SELECT count(*) > 0 FROM due_rows WHERE fired_at IS NOT NULL", True, first)
    first.kill()
    first.wait(10)

    world.database.move_clock(LEASE + timedelta(seconds=1))
    scan.look(world.sessions, redis)
    worker = start_worker()

    world.until(PASSED, 0, worker)
    assert len(world.tasks(stage_case, "answer_final")) == asked


def test_jobs_carry_at_most_a_hundred_ids_as_json(world: World, redis: Redis) -> None:
    queues.enqueue_ids(redis, queues.DUE, jobs.FIRE_DUE, [uuid4() for _ in range(250)])

    assert [len(job.args[0]) for job in queues.queue(redis, queues.DUE).jobs] == [100, 100, 50]
