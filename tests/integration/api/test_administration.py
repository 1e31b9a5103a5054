"""Regions, organisations, users, appointments, tokens and the first set-up over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from accounts.set_up import issue_setup_code
from database.clock import current_time
from tests.integration.api.known import known_rows
from tests.integration.api.world import PASSWORD, Client, Reply, World, problem, sign_in

REASON = {"reason": "调离"}


@pytest.fixture
def system(world: World) -> Client:
    """The system administrator."""
    return world.client("system_administrator")


@pytest.fixture
def security(world: World) -> Client:
    """The security administrator."""
    return world.client("security_administrator")


def new_user(system: Client, world: World, name: str = "newcomer", **more: Any) -> Reply:
    """An account at the approval bureau."""
    home = str(world.organisations["approval"])
    return system("POST", "/users", {"username": name, "display_name": "新人", "organisation_id": home, **more})


def test_an_edit_needs_the_version_that_was_read(world: World, system: Client) -> None:
    path = f"/organisations/{world.organisations['sports']}"
    read = system("GET", path)
    tag = read.headers["ETag"]
    assert problem(system("PATCH", path, {"name": "体育局"})) == (428, "precondition_required")
    assert problem(system("PATCH", path, {"name": "体育局"}, headers={"If-Match": "*"})) == (422, "invalid_header")
    for nothing in ({}, {"active": "false"}):
        assert problem(system("PATCH", path, nothing, headers={"If-Match": tag})) == (422, "invalid_input")
    changed = system("PATCH", path, {"name": "体育局"}, headers={"If-Match": tag})
    assert changed.status == 200
    assert changed.body["name"] == "体育局"
    assert problem(system("PATCH", path, {"name": "文体局"}, headers={"If-Match": tag})) == (412, "stale_version")
    assert system("PATCH", path, {"active": False}, headers={"If-Match": changed.headers["ETag"]}).status == 200


def test_an_unchanged_resource_is_not_sent_again(world: World, system: Client) -> None:
    path = f"/organisations/{world.organisations['sports']}"
    tag = system("GET", path).headers["ETag"]
    again = system("GET", path, headers={"If-None-Match": tag})
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", tag)


def test_two_edits_of_one_version_at_once_leave_one(world: World) -> None:
    clients = [sign_in(world.app, "system_administrator") for _ in range(4)]
    path = f"/organisations/{world.organisations['sports']}"
    tag = clients[0]("GET", path).headers["ETag"]

    def edit(number: int) -> Reply:
        return clients[number]("PATCH", path, {"name": f"第{number}体育局"}, headers={"If-Match": tag})

    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(edit, range(4)))
    assert sorted(reply.status for reply in replies) == [200, 412, 412, 412]


def test_organisations_are_found_by_tree_kind_and_name(world: World, system: Client) -> None:
    top = str(world.organisations["government"])
    below = system("GET", f"/organisations?parent_id={top}&limit=200").body["entries"]
    assert below
    assert {entry["parent_id"] for entry in below} == {top}
    windows = system("GET", "/organisations?kind=window").body["entries"]
    expected = {body.code for body in world.release.organisations.values() if body.kind == "window"}
    assert {entry["code"] for entry in windows} == expected
    found = system("GET", "/organisations?name=体育").body["entries"]
    assert [entry["code"] for entry in found] == ["sports"]
    assert system("GET", "/organisations?name=%25").body["entries"] == []


def test_a_clerk_registers_applicant_units_and_nothing_else(world: World) -> None:
    clerk = world.client("window_clerk")
    unit = {"region_code": "210782", "code": "u-2", "name": "乙公司", "kind": "applicant"}
    assert clerk("POST", "/organisations", unit).status == 201
    assert problem(clerk("POST", "/organisations", unit)) == (409, "organisation_exists")
    department = {**unit, "code": "u-3", "kind": "department"}
    assert problem(clerk("POST", "/organisations", department)) == (403, "only_applicants")
    elsewhere = {**unit, "code": "u-4", "region_code": "999999"}
    assert problem(clerk("POST", "/organisations", elsewhere)) == (404, "region_not_found")
    wrong = {**unit, "code": "u-5", "credit_code": "91210782MA0QCQ8H0X"}
    assert problem(clerk("POST", "/organisations", wrong)) == (422, "credit_code_invalid")


def test_a_region_is_registered_once(system: Client) -> None:
    region = {"code": "210799", "name": "开发区", "parent_code": "210782"}
    assert system("POST", "/regions", region).status == 201
    assert problem(system("POST", "/regions", region)) == (409, "region_exists")
    orphan = {"code": "210798", "name": "乙区", "parent_code": "999999"}
    assert problem(system("POST", "/regions", orphan)) == (422, "parent_unknown")
    below = system("GET", "/regions?parent_code=210782").body["entries"]
    assert [entry["code"] for entry in below] == ["210799"]


def test_an_initial_password_is_shown_once_even_when_the_request_is_repeated(world: World, system: Client) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    home = str(world.organisations["approval"])
    body = {"username": "newcomer", "display_name": "新人", "organisation_id": home}
    first, again = (system("POST", "/users", body, headers=key) for _ in range(2))
    assert first.status == again.status == 201
    password = first.body["initial_password"]
    assert again.body["initial_password"] is None
    assert again.body["user"] == first.body["user"]
    assert sign_in(world.app, "newcomer", password)("GET", "/sessions/current").body["must_change_password"] is True
    with world.database.connect() as connection:
        kept = connection.execute(text("SELECT answer FROM idempotency_keys")).scalars().all()
    assert kept
    assert not any(password.encode() in answer for answer in kept)


def test_a_user_is_made_once_and_only_where_it_may_be(world: World, system: Client) -> None:
    assert new_user(system, world).status == 201
    assert problem(new_user(system, world)) == (409, "username_taken")
    assert problem(new_user(system, world, "a")) == (422, "invalid_input")
    assert problem(new_user(system, world, "Upper")) == (422, "invalid_input")
    past = "2020-01-01T00:00:00+08:00"
    assert problem(new_user(system, world, "expired", valid_until=past)) == (422, "valid_until_past")
    nowhere = {"username": "nowhere", "display_name": "新人", "organisation_id": str(uuid4())}
    assert problem(system("POST", "/users", nowhere)) == (404, "organisation_not_found")


def test_a_deactivated_user_is_out_at_once(world: World, system: Client) -> None:
    officer = world.client("officer")
    path = f"/users/{world.people['officer']}"
    assert problem(system("POST", f"{path}/deactivation", {})) == (422, "invalid_input")
    for _ in range(2):
        assert system("POST", f"{path}/deactivation", REASON).body["status"] == "disabled"
    assert officer("GET", "/sessions/current").status == 401
    assert Client(world.app)("POST", "/sessions", {"username": "officer", "password": PASSWORD}).status == 401
    assert system("POST", f"{path}/activation").body["status"] == "active"
    assert sign_in(world.app, "officer")("GET", "/sessions/current").status == 200


def test_nobody_deactivates_or_promotes_oneself(world: World, system: Client, security: Client) -> None:
    own = f"/users/{world.people['system_administrator']}/deactivation"
    assert problem(system("POST", own, REASON)) == (403, "not_oneself")
    post = {
        "user_id": str(world.people["security_administrator"]),
        "organisation_id": str(world.organisations["approval"]),
        "role": "officer",
    }
    assert problem(security("POST", "/appointments", post)) == (403, "not_oneself")


def test_a_reset_password_ends_the_sessions(world: World, system: Client) -> None:
    officer = world.client("officer")
    reply = system("POST", f"/users/{world.people['officer']}/password-reset")
    assert officer("GET", "/sessions/current").status == 401
    fresh = sign_in(world.app, "officer", reply.body["initial_password"])
    assert fresh("GET", "/sessions/current").body["must_change_password"] is True


def test_sessions_are_ended_and_locks_lifted_by_the_security_administrator(world: World, security: Client) -> None:
    officer, path = world.client("officer"), f"/users/{world.people['officer']}"
    assert security("DELETE", f"{path}/sessions").status == 204
    assert officer("GET", "/sessions/current").status == 401
    for _ in range(5):
        Client(world.app)("POST", "/sessions", {"username": "officer", "password": "x"})
    assert security("GET", path).body["locked_until"] is not None
    assert security("POST", f"{path}/unlock").body["locked_until"] is None
    sign_in(world.app, "officer")


def test_an_appointment_counts_from_the_next_request(world: World, security: Client) -> None:
    officer = world.client("officer")
    post = {
        "user_id": str(world.people["officer"]),
        "organisation_id": str(world.organisations["sports"]),
        "role": "supervisor",
    }
    made = security("POST", "/appointments", post)
    assert made.status == 201
    assert officer("GET", "/users").status == 200
    assert problem(security("POST", "/appointments", post)) == (409, "already_appointed")
    end = f"/appointments/{made.body['id']}/end"
    ended = [security("POST", end, REASON) for _ in range(2)]
    assert ended[0].body == ended[1].body
    assert officer("GET", "/users").status == 403
    listed = security("GET", f"/appointments?user_id={post['user_id']}&current=true").body["entries"]
    assert [entry["role"] for entry in listed] == ["officer"]
    vacant = security("GET", "/vacant-posts").body["entries"]
    assert {(entry["organisation_id"], entry["role"]) for entry in vacant} >= {(post["organisation_id"], "supervisor")}


def test_a_post_that_cannot_be_is_refused(world: World, security: Client) -> None:
    post = {
        "user_id": str(world.people["officer"]),
        "organisation_id": str(world.organisations["unit"]),
        "role": "officer",
    }
    assert problem(security("POST", "/appointments", post)) == (422, "role_not_here")
    assert problem(security("POST", "/appointments", {**post, "role": "emperor"})) == (422, "invalid_input")
    stranger = {**post, "user_id": str(uuid4())}
    assert problem(security("POST", "/appointments", stranger)) == (404, "user_not_found")
    both = {
        "user_id": str(world.people["audit_administrator"]),
        "organisation_id": str(world.organisations["approval"]),
        "role": "system_administrator",
    }
    assert problem(security("POST", "/appointments", both)) == (409, "roles_apart")


def test_a_token_works_within_its_scopes_until_it_is_revoked(world: World, security: Client) -> None:
    body = {
        "user_id": str(world.people["api_client"]),
        "name": "省平台",
        "scopes": ["project.read"],
        "expires_at": (world.database.now + timedelta(days=30)).isoformat(),
    }
    made = security("POST", "/api-tokens", body)
    assert made.status == 201
    token = {"Authorization": f"Bearer {made.body['secret']}"}
    other = Client(world.app)
    assert other("GET", "/projects", headers=token).status == 200
    assert problem(other("GET", "/regions", headers=token)) == (403, "permission_missing")
    assert problem(other("POST", "/projects", {}, headers=token)) == (403, "permission_missing")
    assert problem(other("DELETE", "/sessions/current", headers=token)) == (403, "session_only")
    whole = other("GET", "/sessions/current", headers=token).body
    assert (whole["permissions"], whole["csrf_token"]) == (["project.read"], None)
    listed = security("GET", "/api-tokens").text
    assert made.body["secret"] not in listed
    for _ in range(2):
        assert security("DELETE", f"/api-tokens/{made.body['token']['id']}").status == 204
    assert problem(other("GET", "/projects", headers=token)) == (401, "token_invalid")


def test_a_token_that_grants_too_much_or_too_long_is_refused(world: World, security: Client) -> None:
    body = {
        "user_id": str(world.people["api_client"]),
        "name": "省平台",
        "scopes": ["project.read"],
        "expires_at": (world.database.now + timedelta(days=30)).isoformat(),
    }
    for change, code in (
        ({"scopes": []}, "invalid_input"),
        ({"scopes": ["user.write"]}, "invalid_input"),
        ({"expires_at": "2090-01-01T00:00:00Z"}, "token_period"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "token_period"),
        ({"expires_at": "2026-01-01T00:00:00"}, "invalid_input"),
        ({"expires_at": "tomorrow"}, "invalid_input"),
        ({"user_id": str(world.people["officer"])}, "not_a_system"),
    ):
        assert problem(security("POST", "/api-tokens", {**body, **change})) == (422, code)
    assert security("GET", "/api-tokens").body["entries"] == []


def test_a_valid_cookie_beside_a_bad_token_does_not_help(world: World, security: Client) -> None:
    assert security("GET", "/sessions/current", headers={"Authorization": "Bearer " + "x" * 40}).status == 401


def test_the_set_up_code_is_of_no_use_once_there_is_an_administrator(world: World) -> None:
    body = {
        "code": "x" * 43,
        "username": "first",
        "display_name": "首任",
        "password": PASSWORD,
        "region_code": "210782",
        "region_name": "北镇市",
        "organisation_name": "行政审批局",
    }
    assert problem(Client(world.app)("POST", "/setup", body)) == (409, "already_set_up")


def test_the_first_administrator_is_made_with_the_code_and_only_once(world: World) -> None:
    with world.database.connect() as connection:
        connection.execute(text("DELETE FROM appointments WHERE role = 'system_administrator'"))
    with world.sessions() as session:
        code = issue_setup_code(session, current_time(session))
        session.commit()
    client = Client(world.app)
    body = {
        "code": "x" * 43,
        "username": "first",
        "display_name": "首任",
        "password": PASSWORD,
        "region_code": "210782",
        "region_name": "北镇市",
        "organisation_name": "数据局",
    }
    assert problem(client("POST", "/setup", body)) == (403, "setup_code_invalid")
    weak = {**body, "code": code, "password": "short"}
    assert problem(client("POST", "/setup", weak)) == (422, "password_length")
    assert client("POST", "/setup", {**body, "code": code}).status == 201
    assert problem(client("POST", "/setup", {**body, "code": code, "username": "second"})) == (409, "already_set_up")
    first = sign_in(world.app, "first")
    assert "user.write" in first("GET", "/sessions/current").body["permissions"]


def test_an_incident_is_listed_read_and_retried_once(world: World) -> None:
    known = known_rows(world)
    administrator = world.client("process_administrator")
    path = f"/incidents/{known['incident_id']}"
    assert [entry["id"] for entry in administrator("GET", "/incidents?status=open").body["entries"]] == [path[11:]]
    assert administrator("GET", path).body["reason"] == "演练"
    assert problem(administrator("POST", f"{path}/retry")) == (422, "form_invalid")
    values = '{"process_type": "1"}'
    with world.database.connect() as connection:
        mend = "UPDATE incidents SET command = jsonb_set(command, '{values}', CAST(:values AS jsonb))"
        connection.execute(text(mend), {"values": values})
    assert administrator("POST", f"{path}/retry").body["status"] == "resolved"
    assert problem(administrator("POST", f"{path}/retry")) == (409, "incident_resolved")
    done = world.client("lead_officer")("GET", "/tasks?of=done").body["entries"]
    assert [entry["id"] for entry in done] == [known["task_id"]]
