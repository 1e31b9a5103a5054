"""A mail server that takes a connection and never answers holds up nothing but the mail."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from functools import partial
from subprocess import Popen

import pytest
from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.read_notices import set_mail_address
from database.clock import current_time
from tests.integration.cases.world import World
from timers import queues, scan

SECONDS_TO_CONNECT = 120.0
PEOPLE = 5  # a mail each: the server's silence lasts as many times-out
UNTRIED_MAIL = "SELECT count(*) FROM outbox WHERE topic = 'mail' AND attempts = 0"
UNTRIED = "SELECT count(*) FROM outbox WHERE topic <> 'mail' AND attempts = 0"


@pytest.fixture
def silent_server() -> Iterator[socket.socket]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(SECONDS_TO_CONNECT)
        yield server


def give_address(session: Session, officer: Actor) -> None:
    set_mail_address(session, officer, "officer@example.gov.cn", current_time(session))


def test_a_mail_server_that_hangs_keeps_no_other_message_waiting(
    world: World, redis: Redis, start_worker: Callable[..., Popen[bytes]], silent_server: socket.socket
) -> None:
    for number in range(PEOPLE):
        officer = world.person("sports", "officer", number)
        world.run(partial(give_address, officer=officer))
    mail = {
        "BINGLIAN_SMTP": f"smtp://127.0.0.1:{silent_server.getsockname()[1]}",
        "BINGLIAN_MAIL_SENDER": "notice@example.gov.cn",
    }
    worker = start_worker(**mail)
    world.start()
    scan.look(world.sessions, redis)
    world.until(UNTRIED, 0, worker)
    assert world.scalar(UNTRIED_MAIL) == PEOPLE

    courier = start_worker("outside", **mail)
    scan.look(world.sessions, redis)
    connection, _ = silent_server.accept()  # from here on the server keeps it waiting
    world.start(world.register("2403-210782-04-01-654321"))
    scan.look(world.sessions, redis)
    world.until(UNTRIED, 0, worker)

    assert world.scalar(UNTRIED_MAIL) > 0
    connection.close()
    silent_server.close()
    world.until("SELECT count(*) FROM outbox WHERE topic = 'mail' AND problem = 'failed'", PEOPLE, courier)


def test_without_a_channel_every_worker_takes_what_was_to_go_outside(
    world: World, redis: Redis, start_worker: Callable[..., Popen[bytes]]
) -> None:
    insert = (
        "INSERT INTO outbox (id, topic, payload, created_at) VALUES (gen_random_uuid(), 'mail', '{}', platform_now())"
    )
    world.run(lambda session: session.execute(text(insert)))
    scan.look(world.sessions, redis)
    assert queues.queue(redis, queues.OUTSIDE).count == 1

    worker = start_worker()
    world.until("SELECT count(*) FROM outbox WHERE topic = 'mail' AND problem = 'failed'", 1, worker)
