"""What each role gets from each route, observed over HTTP and held against the reviewed ``route_roles.csv``.

``allowed`` means that the route lets the person through to its own rules (200s, 409, 412, 422, 428); 403 and 404 are
what the permission and the data scope refuse.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.roles import ROLES
from tests.integration.api.known import known_rows
from tests.integration.api.world import Client, World, sign_in

TABLE = Path(__file__).with_name("route_roles.csv")
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
REASON = {"reason": "演练"}
NO_PASSWORD = {"present": "x", "new": "x"}

# Bodies that get past the schema, so that the data scope answers; elsewhere an empty object is enough.
BODIES: dict[tuple[str, str], Any] = {
    ("PUT", "/api/v1/tasks/<task_id>/draft"): {"values": {}},
    ("POST", "/api/v1/tasks/<task_id>/completion"): {"values": {}},
    ("POST", "/api/v1/stage-cases/<stage_case_id>/plannings"): {"items": ["015"], **REASON},
    ("POST", "/api/v1/users/<user_id>/deactivation"): REASON,
    ("POST", "/api/v1/appointments/<appointment_id>/end"): REASON,
    ("POST", "/api/v1/sessions/current/password"): NO_PASSWORD,
    ("PATCH", "/api/v1/organisations/<organisation_id>"): {"function": "演练"},
    ("POST", "/api/v1/tasks/<task_id>/reminders"): {"text": "请尽快办理"},
    ("POST", "/api/v1/reminders/<reminder_id>/reply"): {"text": "已在办理"},
}
WITHOUT_BODY = re.compile(r"/(reading|claim|activation|unlock|password-reset|retry|[^/]*>/read)$")


@pytest.fixture(scope="module")
def known(shared_world: World) -> dict[str, str]:
    """The rows that the requests are about."""
    return {**known_rows(shared_world), "asset": "start.js"}


def answer(client: Client, method: str, path: str, known: dict[str, str]) -> str:
    """What somebody gets from a route: allowed, 401, 403 or 404."""
    filled = re.sub("<([a-z_]+)>", lambda match: known[match[1]], path)
    body = BODIES.get((method, path))
    if body is None and method in ("POST", "PUT", "PATCH") and not WITHOUT_BODY.search(path):
        body = {}
    reply = client(method, filled, body, prefix="")
    assert reply.status < 500 or path == "/readyz", reply.text
    return str(reply.status) if reply.status in (401, 403, 404) else "allowed"


def test_every_route_is_in_the_table_and_every_row_is_a_route(shared_world: World) -> None:
    routes = {
        (method, re.sub("<[a-z]+:", "<", rule.rule))
        for rule in shared_world.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    listed = [(row["method"], row["path"]) for row in ROWS]
    assert len(listed) == len(set(listed))
    assert set(listed) == routes
    assert set(ROWS[0]) == {"method", "path", "nobody", *ROLES}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['method']} {row['path']}" for row in ROWS])
def test_each_role_gets_what_the_table_says(row: dict[str, str], shared_world: World, known: dict[str, str]) -> None:
    ends_the_session = (row["method"], row["path"]) == ("DELETE", "/api/v1/sessions/current")
    find: Callable[[str], Client] = shared_world.client
    if ends_the_session:
        find = lambda role: sign_in(shared_world.app, role)  # noqa: E731
    observed = {"nobody": answer(Client(shared_world.app), row["method"], row["path"], known)}
    observed |= {role: answer(find(role), row["method"], row["path"], known) for role in ROLES}
    assert observed == {name: row[name] for name in observed}
