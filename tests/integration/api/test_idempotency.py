"""How long an answer is kept, and what becomes of what is past its day."""

from __future__ import annotations

import os
from datetime import timedelta
from socket import SHUT_RDWR, socket
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from api.idempotency import Slot
from tests.integration.api.world import Client, World, problem

LOCK = "SELECT pg_advisory_xact_lock(%s)"
REGION = {"code": "210799", "name": "开发区"}


def kept(world: World) -> int:
    """How many answers are kept."""
    with world.database.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM idempotency_keys")).scalar_one())


def send(world: World, key: str, body: dict[str, Any] = REGION) -> Any:
    """Register a region under a key, as somebody whose session is young."""
    world.clients.clear()
    return world.client("system_administrator")("POST", "/regions", body, headers={"Idempotency-Key": key})


def test_an_answer_is_kept_for_a_day(world: World) -> None:
    first = send(world, "first-key")
    assert first.status == 201
    world.database.move_clock(timedelta(hours=23, minutes=59))
    assert send(world, "first-key").body == first.body
    world.database.move_clock(timedelta(minutes=2))
    assert problem(send(world, "first-key")) == (409, "region_exists")
    other = send(world, "first-key", {"code": "210798", "name": "乙区"})
    assert other.status == 201
    assert kept(world) == 1


def test_whoever_asks_while_it_is_answered_asks_again_and_who_answered_may_die(world: World) -> None:
    client, key = world.client("system_administrator"), {"Idempotency-Key": "first-key"}
    slot = Slot.of(world.people["system_administrator"], "POST /regions", "first-key", "", b"")
    answering = psycopg.connect(world.database.superuser_url.replace("+psycopg", ""))
    answering.execute(LOCK, (slot.lock,))
    waits = client("POST", "/regions", REGION, headers=key)
    assert problem(waits) == (409, "request_in_flight")
    assert int(waits.headers["Retry-After"]) > 0
    with socket(fileno=os.dup(answering.fileno())) as line:
        line.shutdown(SHUT_RDWR)  # what the kernel does for a process that is killed
    with world.database.connect() as connection:
        connection.execute(text(LOCK.replace("%s", ":lock")), {"lock": slot.lock})  # comes when the server noticed
    answering.close()
    assert client("POST", "/regions", REGION, headers=key).status == 201
    again = client("POST", "/regions", REGION, headers=key)
    assert (again.status, again.headers["Idempotency-Replayed"]) == (201, "true")


def test_what_is_past_its_day_goes_when_something_new_comes(world: World) -> None:
    for number in range(4):
        assert send(world, f"old-key-{number}", {"code": f"21080{number}", "name": "旧区"}).status == 201
    world.database.move_clock(timedelta(hours=25))
    assert kept(world) == 4
    assert send(world, "new-key-0").status == 201
    assert kept(world) == 1


@pytest.mark.parametrize("key", ["short", "x" * 129, "with blank inside", "钥匙钥匙钥匙", ""])
def test_a_key_of_another_shape_is_refused(world: World, key: str) -> None:
    client: Client = world.client("system_administrator")
    reply = client("POST", "/regions", REGION, headers={"Idempotency-Key": key})
    assert problem(reply) == (422, "invalid_header")
    assert reply.body["errors"][0]["field"] == "Idempotency-Key"


def test_a_refused_request_keeps_nothing(world: World) -> None:
    assert send(world, "first-key", {"code": "210799", "name": "开发区", "parent_code": "999999"}).status == 422
    assert kept(world) == 0
    assert send(world, "first-key").status == 201


def test_another_path_under_the_same_key_is_another_request(world: World) -> None:
    system = world.client("system_administrator")
    key = {"Idempotency-Key": "first-key"}
    path = "/users/{}/activation"
    first = system("POST", path.format(world.people["officer"]), headers=key)
    assert first.status == 200
    other = system("POST", path.format(world.people["applicant"]), headers=key)
    assert problem(other) == (422, "idempotency_key_reused")
