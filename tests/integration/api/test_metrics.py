"""The figures for Prometheus: who may read them, and that they say what waits in the database and in Redis."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import redis
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from accounts.tokens import create_api_token
from api.app import create_app
from database.clock import current_time
from database.transaction import in_transaction
from tests.integration.api.known import known_rows
from tests.integration.api.test_readiness import NOT_THERE, settings_of
from tests.integration.api.world import Client, World

MINUTES_LATE = 7


def figures(client: Client, **headers: str) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels in the order of their names, as Prometheus reads them."""
    reply = client("GET", "/metrics", prefix="", headers=headers)
    assert reply.status == 200, reply.text
    assert reply.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, *(sample.labels[label] for label in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def change(world: World, statement: str, **values: Any) -> None:
    """Put rows into a state that would take long to reach."""
    with world.database.connect() as connection:
        connection.execute(text(statement), values)


def test_the_lag_is_the_lateness_of_the_oldest_limit_that_was_not_acted_on(world: World) -> None:
    known_rows(world)
    client = world.client("system_administrator")
    assert figures(client)["binglian_lag_seconds", "due"] == 0
    change(world, "UPDATE due_rows SET due_at = platform_now() - make_interval(mins => :late)", late=MINUTES_LATE)
    [(passed,)] = rows(world, "SELECT count(*) FROM due_rows WHERE cancelled_at IS NULL AND fired_at IS NULL")

    found = figures(client)

    assert found["binglian_waiting", "due"] == passed > 0
    assert MINUTES_LATE * 60 <= found["binglian_lag_seconds", "due"] < MINUTES_LATE * 60 + 60


def test_what_a_worker_has_in_hand_still_waits_and_what_was_put_off_does_not(world: World) -> None:
    known_rows(world)
    client = world.client("system_administrator")
    change(world, "UPDATE due_rows SET due_at = platform_now() - interval '7 minutes'")

    change(world, "UPDATE due_rows SET claimed_until = platform_now() + interval '2 minutes'")
    assert figures(client)["binglian_waiting", "due"] > 0
    for put_off in (
        "claimed_until = platform_now() + interval '1 day'",
        "claimed_until = NULL, held = true",
        "held = false, provisional = true",
        "provisional = false, fired_at = platform_now()",
    ):
        change(world, f"UPDATE due_rows SET {put_off}")
        assert figures(client)["binglian_waiting", "due"] == 0, put_off


def test_vacant_posts_silent_processes_and_queues_are_told(world: World) -> None:
    known_rows(world)
    client = world.client("system_administrator")
    before = figures(client)
    change(world, "UPDATE heartbeats SET seen_at = platform_now() - interval '90 seconds' WHERE kind = 'scan'")
    change(world, "UPDATE heartbeats SET seen_at = platform_now() WHERE kind = 'worker'")
    change(
        world,
        "INSERT INTO outbox (id, topic, payload, created_at, problem, attempts)"
        " VALUES (:id, 'task_opened', '{}', platform_now(), 'vacant', 1)",
        id=uuid4(),
    )
    with redis.Redis.from_url(settings_of(world).redis_url) as connection:
        connection.flushall()
        connection.sadd("rq:queues", "rq:queue:due")
        connection.lpush("rq:queue:due", "first", "second")
        found = figures(client)
        connection.flushall()

    assert found["binglian_red_matters", "vacant"] == before["binglian_red_matters", "vacant"] + 1
    assert found["binglian_red_matters", "incident"] > 0
    ages = {labels[2]: age for labels, age in found.items() if labels[0] == "binglian_heartbeat_age_seconds"}
    assert ages["scan"] > 80
    assert ages["worker"] < 80
    assert found["binglian_redis_up",] == 1
    assert found["binglian_queue_jobs", "due", "waiting"] == 2
    assert found["binglian_queue_jobs", "due", "running"] == found["binglian_queue_jobs", "due", "failed"] == 0


def test_without_redis_the_figures_of_the_database_are_still_told(world: World) -> None:
    app = create_app(replace(settings_of(world), redis_url=NOT_THERE), world.sessions)
    client = Client(app)
    client.browser.set_cookie("binglian_session", session_secret(world))

    found = figures(client)

    assert found["binglian_redis_up",] == 0
    assert ("binglian_lag_seconds", "outbox") in found


def test_a_scraper_reads_the_figures_with_a_token_of_that_scope_and_nothing_else(world: World) -> None:
    def token(scope: str) -> dict[str, str]:
        _, secret = in_transaction(
            world.sessions,
            lambda session: create_api_token(
                session,
                None,
                user_id=world.people["api_client"],
                name="监控",
                scopes=[scope],
                expires_at=current_time(session) + timedelta(days=30),
                now=current_time(session),
            ),
        )
        return {"Authorization": f"Bearer {secret}"}

    scraper, other = token("metrics.read"), token("project.read")
    client = Client(world.app)

    assert ("binglian_lag_seconds", "due") in figures(client, **scraper)
    assert client("GET", "/projects", headers=scraper).status == 403
    assert client("GET", "/metrics", prefix="", headers=other).status == 403
    assert client("GET", "/metrics", prefix="").status == 401


def rows(world: World, statement: str) -> list[Any]:
    """The rows of a query."""
    with world.database.connect() as connection:
        return list(connection.execute(text(statement)))


def session_secret(world: World) -> str:
    """The session cookie of the system administrator."""
    cookie = world.client("system_administrator").browser.get_cookie("binglian_session")
    assert cookie is not None
    return cookie.value
