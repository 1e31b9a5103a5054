"""The scan: look for what is due, enqueue it, and say that it lives. Any number of scanners may run."""

from __future__ import annotations

from threading import Event

import structlog
from redis import Redis, RedisError
from sqlalchemy.orm import Session, sessionmaker

from cases.claims import claim_due_rows, claim_messages, claim_outside
from cases.heartbeats import record_heartbeat
from cases.recompute_dues import any_stale
from cases.tell_lights import tell_lights
from database.clock import current_time
from database.transaction import in_transaction
from errors import Busy
from timers import jobs, queues

SECONDS_BETWEEN_LOOKS = 0.5
LOOKS_BETWEEN_HEARTBEATS = 10
LOOKS_BETWEEN_SWEEPS = 7_200
MOST_AT_ONCE = 1_000

log = structlog.get_logger(__name__)


def run(sessions: sessionmaker[Session], redis_url: str, stop: Event) -> None:
    """Look again and again until ``stop`` is set; an unreachable database or Redis is waited for."""
    connection = queues.connect(redis_url)
    looks = 0
    while not stop.is_set():
        try:
            if looks % LOOKS_BETWEEN_HEARTBEATS == 0:
                in_transaction(sessions, lambda session: record_heartbeat(session, "scan", current_time(session)))
                enqueue_sealing(connection)
                enqueue_recomputing(sessions, connection)
                enqueue_counting(connection)
            if looks % LOOKS_BETWEEN_SWEEPS == 0:
                enqueue_sweeping(connection)
            found = look(sessions, connection)
        except (Busy, RedisError) as error:
            log.warning("scan waits", reason=str(error))
            found = 0
        looks += 1
        if found < MOST_AT_ONCE:
            stop.wait(SECONDS_BETWEEN_LOOKS)


def look(sessions: sessionmaker[Session], connection: Redis) -> int:
    """Claim and enqueue what waits now; how many rows.

    Redis is asked first: rows that cannot be enqueued are not claimed, nor more than the queue has room for: they
    would be claimed anew, and enqueued again, before their turn comes. Those whose job is lost on the way are claimed
    anew after their lease.
    """
    room = min(MOST_AT_ONCE, queues.room(connection, queues.DUE))
    due = in_transaction(sessions, lambda session: claim_due_rows(session, room, current_time(session)))
    queues.enqueue_ids(connection, queues.DUE, jobs.FIRE_DUE, due)
    room = min(MOST_AT_ONCE, queues.room(connection, queues.OUTBOX))
    messages = in_transaction(sessions, lambda session: claim_messages(session, room, current_time(session)))
    queues.enqueue_ids(connection, queues.OUTBOX, jobs.DELIVER, messages)
    room = min(MOST_AT_ONCE, queues.room(connection, queues.OUTSIDE))
    outside = in_transaction(sessions, lambda session: claim_outside(session, room, current_time(session)))
    queues.enqueue_ids(connection, queues.OUTSIDE, jobs.DELIVER, outside)
    lit = in_transaction(sessions, lambda session: tell_lights(session, MOST_AT_ONCE, current_time(session)))
    return max(len(due), len(messages), lit)


def enqueue_sealing(connection: Redis) -> None:
    """Have some worker seal the audit, unless such a job waits already."""
    audit = queues.queue(connection, queues.AUDIT)
    if audit.count == 0:
        audit.enqueue(jobs.SEAL, result_ttl=0)


def enqueue_counting(connection: Redis) -> None:
    """Have some worker count the lights, unless such a job waits already."""
    lights = queues.queue(connection, queues.LIGHTS)
    if lights.count == 0:
        lights.enqueue(jobs.COUNT, result_ttl=0)


def enqueue_recomputing(sessions: sessionmaker[Session], connection: Redis) -> bool:
    """Have some worker compute limits anew, if a newer calendar was published and no such job waits already."""
    calendar = queues.queue(connection, queues.CALENDAR)
    if calendar.count or not in_transaction(sessions, any_stale):
        return False
    calendar.enqueue(jobs.RECOMPUTE, result_ttl=0)
    return True


def enqueue_sweeping(connection: Redis) -> None:
    """Have some worker sweep a section of the store, unless such a job waits already."""
    files = queues.queue(connection, queues.FILES)
    if files.count == 0:
        files.enqueue(jobs.SWEEP, result_ttl=0)
