"""The store is swept by a worker, an hour a section."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from redis import Redis

from files.local_store import UNUSED_SECONDS, LocalStore
from files.sweep_store import SECONDS_PER_SECTION
from tests.integration.cases.world import World
from tests.integration.timers.test_limits_and_messages import StartWorker
from timers import queues, scan

DAWN = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp()) // SECONDS_PER_SECTION // 256 * 256


def test_a_worker_sweeps_the_section_whose_hour_it_is(
    world: World, redis: Redis, start_worker: StartWorker, data_folder: Path
) -> None:
    store = LocalStore(data_folder / "files")
    with store.receive(100) as incoming:
        incoming.write(b"left by a transaction that failed")
        content = incoming.keep()
    path = store.path(content.sha256)
    then = path.stat().st_mtime - UNUSED_SECONDS - 60
    os.utime(path, (then, then))
    hour = DAWN + int(content.sha256[:2], 16)
    world.database.set_clock(datetime.fromtimestamp(hour * SECONDS_PER_SECTION, UTC))

    scan.enqueue_sweeping(redis)
    scan.enqueue_sweeping(redis)  # one job is enough
    assert queues.queue(redis, queues.FILES).count == 1
    start_worker()

    end = time.monotonic() + 60
    while path.exists():
        assert time.monotonic() < end, "never swept"
