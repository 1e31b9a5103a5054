"""A newer calendar reaches running limits through a real queue and worker."""

from __future__ import annotations

from datetime import UTC, date, datetime

from redis import Redis

from cases.publish_calendar import publish_calendar
from database.clock import current_time
from tests.integration.cases.world import World
from tests.integration.timers.test_limits_and_messages import StartWorker
from timers import queues, scan
from worktime import Notice

NEW_YEAR_EVE = datetime(2026, 12, 30, 2, 0, tzinfo=UTC)
OFF = frozenset({date(2027, 1, 1), date(2027, 1, 4), date(2027, 10, 1)})
STALE = "SELECT count(*) FROM due_rows WHERE calendar_version < 1"
GUESSED = "SELECT count(*) FROM due_rows WHERE provisional"


def test_limits_are_computed_anew_by_a_worker_once_a_year_is_announced(
    world: World, redis: Redis, start_worker: StartWorker
) -> None:
    world.database.set_clock(NEW_YEAR_EVE)
    world.start()
    assert not scan.enqueue_recomputing(world.sessions, redis)
    assert world.scalar(GUESSED) > 0
    notice = Notice(2027, OFF, frozenset())
    world.run(
        lambda session: (
            publish_calendar(session, None, notice, region_code=None, source="通知", now=current_time(session)).id
        )
    )

    assert scan.enqueue_recomputing(world.sessions, redis)
    assert not scan.enqueue_recomputing(world.sessions, redis)  # one job is enough
    assert queues.queue(redis, queues.CALENDAR).count == 1
    worker = start_worker()

    world.until(STALE, 0, worker)
    assert world.scalar(GUESSED) == 0
