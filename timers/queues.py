"""The RQ queues: Redis only carries ids, the rows in the database are the truth."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

DUE, OUTBOX, AUDIT, CALENDAR, FILES, LIGHTS = "due", "outbox", "audit", "calendar", "files", "lights"
OUTSIDE = "outside"
QUEUES = (DUE, OUTBOX, AUDIT, CALENDAR, FILES, LIGHTS)
"""What every worker works on; ``OUTSIDE``, where a server may hang, has workers of its own."""
LARGEST_JOB = 100
LARGEST_OUTSIDE = 5  # servers that hang: as many fit into the time of a job
MOST_JOBS_WAITING = 20  # a slow worker does as many within the lease of their rows
SECONDS_PER_JOB = 100  # below the lease of a claim: a job that is cut off is claimed anew
SECONDS_TO_REDIS = 2.0


def connect(redis_url: str) -> Redis:
    """A connection for enqueuing: it gives up quickly when Redis is down, the rows wait."""
    return Redis.from_url(redis_url, socket_connect_timeout=SECONDS_TO_REDIS, socket_timeout=SECONDS_TO_REDIS)


def queue(connection: Redis, name: str) -> Queue:
    """The queue called ``name``; arguments travel as JSON, never as pickles."""
    return Queue(name, connection=connection, serializer=JSONSerializer, default_timeout=SECONDS_PER_JOB)


def room(connection: Redis, name: str) -> int:
    """For how many more ids the queue has room; 0 when the workers are behind."""
    return max(0, MOST_JOBS_WAITING - queue(connection, name).count) * _largest(name)


def enqueue_ids(connection: Redis, name: str, job: str, ids: Sequence[UUID]) -> None:
    """Enqueue jobs ``job(ids)`` of at most a hundred ids each, of a few where a server may hang."""
    largest = _largest(name)
    jobs = [
        Queue.prepare_data(job, args=[[str(each) for each in ids[start : start + largest]]], result_ttl=0)
        for start in range(0, len(ids), largest)
    ]
    queue(connection, name).enqueue_many(jobs)


def _largest(name: str) -> int:
    return LARGEST_OUTSIDE if name == OUTSIDE else LARGEST_JOB


def connect_blocking(redis_url: str) -> Redis:
    """A connection for a worker, which waits for jobs longer than any time-out of a command."""
    return Redis.from_url(redis_url)
