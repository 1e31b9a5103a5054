"""The worker: an RQ worker that forks for each job and says that it lives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

import structlog
from rq import Worker
from rq.serializers import JSONSerializer

from errors import Busy
from timers import queues
from timers.jobs import Workshop, equip

SECONDS_TO_LIVE = 25  # RQ waits for a job fifteen seconds less, then says that it lives
SECONDS_BETWEEN_WRITES = 10.0

log = structlog.get_logger(__name__)


class PlatformWorker(Worker):
    """Says in the database that it lives whenever it tells Redis."""

    say_alive: Callable[[], None]
    _said: float = 0.0

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Tell Redis and the database; a database that is away is no reason to stop working."""
        super().heartbeat(timeout, pipeline)
        if monotonic() < self._said + SECONDS_BETWEEN_WRITES:
            return
        self._said = monotonic()
        try:
            self.say_alive()
        except Busy as error:
            log.warning("heartbeat not written", reason=str(error))


def run(workshop: Workshop, redis_url: str, served: Sequence[str], say_alive: Callable[[], None]) -> None:
    """Work on the queues ``served`` until told to stop (SIGTERM finishes the job at hand).

    ``say_alive`` must not leave an open connection behind: the process forks after it.
    """
    equip(workshop)
    connection = queues.connect_blocking(redis_url)
    names = [queues.queue(connection, name) for name in served]
    worker = PlatformWorker(names, connection=connection, serializer=JSONSerializer, worker_ttl=SECONDS_TO_LIVE)
    worker.say_alive = say_alive
    say_alive()
    worker.work(logging_level="WARNING")
