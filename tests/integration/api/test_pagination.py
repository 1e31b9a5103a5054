"""Pages of every list: whole, stable while rows come in, and closed to forged cursors."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.integration.api.world import Client, World, problem, project_body


def pages(client: Client, path: str, limit: int) -> list[list[dict[str, Any]]]:
    """Every page of a list."""
    found, cursor = [], ""
    while True:
        reply = client("GET", f"{path}{'&' if '?' in path else '?'}limit={limit}{cursor}")
        assert reply.status == 200, reply.text
        found.append(reply.body["entries"])
        if reply.body["next_cursor"] is None:
            return found
        cursor = f"&cursor={reply.body['next_cursor']}"


@pytest.mark.parametrize("path", ["/organisations", "/users", "/appointments", "/organisations?kind=department"])
def test_pages_together_are_the_list(shared_world: World, path: str) -> None:
    client = shared_world.client("system_administrator")
    whole = [entry["id"] for entry in pages(client, path, 200)[0]]
    assert len(whole) > 3
    for limit in (1, 3, len(whole), len(whole) + 1):
        found = pages(client, path, limit)
        assert [entry["id"] for page in found for entry in page] == whole
        assert all(len(page) == limit for page in found[:-1])


def test_what_comes_in_meanwhile_shifts_no_page(world: World) -> None:
    applicant = world.client("applicant")
    ids = [applicant("POST", "/projects", project_body(number)).body["id"] for number in range(1, 5)]
    first = applicant("GET", "/projects?limit=2").body
    applicant("POST", "/projects", project_body(5))
    second = applicant("GET", f"/projects?limit=2&cursor={first['next_cursor']}").body
    assert [entry["id"] for entry in (*first["entries"], *second["entries"])] == ids[::-1]
    assert second["next_cursor"] is None


def forged(*keys: object) -> str:
    """A cursor with these sort keys."""
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "cursor",
    [
        forged(),
        forged("a"),
        forged("a", "b", "c"),
        forged(1, 2),
        forged(None, None),
        forged("a\0", "b"),
        forged(["a"], "b"),
        base64.urlsafe_b64encode(b'{"a": 1}').rstrip(b"=").decode(),
        "____",
        "A",
    ],
)
def test_a_forged_cursor_is_refused(shared_world: World, cursor: str) -> None:
    reply = shared_world.client("officer")("GET", f"/organisations?cursor={cursor}")
    assert problem(reply) == (422, "invalid_cursor")


@pytest.mark.parametrize(
    "cursor",
    [
        forged("2026-01-01", "00000000-0000-4000-8000-000000000000"),
        forged("not a time", "00000000-0000-4000-8000-000000000000"),
        forged("2026-01-01T00:00:00+00:00", "no uuid"),
        forged("2026-01-01T00:00:00+00:00", 7),
        forged("0001-01-01T00:00:00+14:00", "00000000-0000-4000-8000-000000000000"),
        forged("9999-12-31T23:59:59-14:00", "00000000-0000-4000-8000-000000000000"),
    ],
)
def test_a_cursor_of_another_list_is_refused_or_harmless(shared_world: World, cursor: str) -> None:
    reply = shared_world.client("applicant")("GET", f"/projects?cursor={cursor}")
    assert reply.status == 200 or problem(reply) == (422, "invalid_cursor")
