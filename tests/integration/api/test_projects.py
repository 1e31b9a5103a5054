"""Projects, engineerings and stage cases over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.integration.api.world import Client, Reply, World, open_stage, problem, project_body, sign_in


@pytest.fixture
def applicant(world: World) -> Client:
    """The unit's own person."""
    return world.client("applicant")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"code": None}, "invalid_input", "/code"),
        ({"code": "2101-210782-04-01-12345"}, "project_code_invalid", "/code"),
        ({"code": "9901-210782-04-01-123456"}, "project_code_invalid", "/code"),
        ({"code": "2101-999999-04-01-123456"}, "project_code_invalid", "/code"),
        ({"credit_code": "91210782MA0QCQ8H0X"}, "credit_code_invalid", "/credit_code"),
        ({"fixed_asset_investment": False}, "local_code_is_made", "/code"),
        ({"fixed_asset_investment": "yes"}, "invalid_input", "/fixed_asset_investment"),
        ({"fixed_asset_investment": 1}, "invalid_input", "/fixed_asset_investment"),
        ({"name": "甲" * 201}, "invalid_input", "/name"),
        ({"total_investment": "-1"}, "invalid_input", "/total_investment"),
        ({"total_investment": 4200}, "invalid_input", "/total_investment"),
        ({"total_investment": "1e9"}, "invalid_input", "/total_investment"),
        ({"total_investment": "99999999999"}, "invalid_input", "/total_investment"),
        ({"planned_start": "2026-02-30"}, "invalid_input", "/planned_start"),
        ({"planned_start": "20260201"}, "invalid_input", "/planned_start"),
        ({"planned_start": "2027-01-01", "planned_finish": "2026-01-01"}, "planned_period", "/planned_finish"),
    ],
)
def test_a_wrong_registration_is_refused_by_field(
    shared_world: World, change: dict[str, Any], code: str, field: str
) -> None:
    applicant = shared_world.client("applicant")
    reply = applicant("POST", "/projects", {**project_body(), **change})
    assert problem(reply) == (422, code)
    assert field in {error["field"] for error in reply.body["errors"]}
    assert applicant("GET", "/projects").body["entries"] == []


def test_without_a_code_the_applicant_is_told_where_to_get_one(shared_world: World) -> None:
    body = {name: value for name, value in project_body().items() if name != "code"}
    reply = shared_world.client("applicant")("POST", "/projects", body)
    assert problem(reply) == (422, "project_code_missing")
    assert "投资项目在线审批监管平台" in reply.body["detail"]


def test_without_fixed_asset_investment_a_local_code_is_made(applicant: Client) -> None:
    body = {**project_body(), "fixed_asset_investment": False}
    del body["code"]
    reply = applicant("POST", "/projects", body)
    assert reply.status == 201
    assert (reply.body["code_kind"], reply.body["code"][:7]) == ("local", "L210782")


def test_a_classified_project_leaves_nothing_behind(world: World, applicant: Client) -> None:
    body = {**project_body(), "name": "绝密工程七号", "classified": True}
    reply = applicant("POST", "/projects", body, headers={"Idempotency-Key": str(uuid4())})
    assert problem(reply) == (422, "classified")
    assert "绝密工程七号" not in reply.text
    with world.database.connect() as connection:
        for table in ("projects", "engineerings", "idempotency_keys", "outbox"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM audit_entries WHERE result = 'refused'")).scalar_one() == 1


def test_a_code_is_registered_once_even_at_once(world: World) -> None:
    clients = [sign_in(world.app, "applicant") for _ in range(4)]

    def register(client: Client) -> Reply:
        return client("POST", "/projects", project_body())

    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(register, clients))
    assert sorted(reply.status for reply in replies) == [201, 409, 409, 409]
    assert {problem(reply) for reply in replies if reply.status == 409} == {(409, "project_exists")}
    assert len(clients[0]("GET", "/engineerings").body["entries"]) == 1


def test_a_unit_registers_for_itself_only(world: World, applicant: Client) -> None:
    stranger = {**project_body(), "credit_code": "91210782MA0N00010Y"}
    assert problem(applicant("POST", "/projects", stranger)) == (403, "not_your_unit")
    assert problem(applicant("POST", "/projects", {**stranger, "applicant_name": "丙公司"})) == (403, "not_your_unit")
    clerk = world.client("window_clerk")
    assert clerk("POST", "/projects", {**stranger, "applicant_name": "丙公司"}).status == 201
    other = {**project_body(2), "credit_code": stranger["credit_code"]}
    assert problem(applicant("POST", "/projects", other)) == (403, "not_your_unit")
    elsewhere = {**project_body(), "region_code": "999999"}
    assert problem(applicant("POST", "/projects", elsewhere)) == (404, "region_not_found")


def test_who_may_not_register_units_is_sent_to_the_window(world: World) -> None:
    stranger = {**project_body(), "credit_code": "91210782MA0N00010Y", "applicant_name": "丙公司"}
    reply = world.client("lead_officer")("POST", "/projects", stranger)
    assert problem(reply) == (422, "applicant_unknown")
    assert "综合窗口" in reply.body["detail"]
    assert world.client("window_clerk")("POST", "/projects", stranger).status == 201


def test_a_stage_starts_once(world: World, applicant: Client) -> None:
    stage_case = open_stage(world)
    body = {
        "engineering_id": stage_case["engineering_id"],
        "stage": "2",
        "process_type": "1",
        "channel": "online",
    }
    assert problem(applicant("POST", "/stage-cases", body)) == (409, "stage_case_exists")


@pytest.mark.parametrize(
    ("role", "change", "expected"),
    [
        ("applicant", {"stage": "9"}, (422, "stage_unknown")),
        ("applicant", {"process_type": "99"}, (422, "process_type_unknown")),
        ("applicant", {"channel": "post"}, (422, "invalid_input")),
        ("applicant", {"channel": "window"}, (403, "window_by_clerk")),
        ("applicant", {"engineering_id": "00000000-0000-4000-8000-000000000000"}, (404, "engineering_not_found")),
        ("applicant", {"engineering_id": None}, (422, "invalid_input")),
        ("applicant", {"lead_id": "00000000-0000-4000-8000-000000000000"}, (422, "invalid_input")),
        ("window_clerk", {}, (403, "online_by_applicant")),
        ("officer", {}, (403, "permission_missing")),
        ("supervisor", {}, (403, "permission_missing")),
    ],
)
def test_a_stage_that_may_not_start_does_not(
    world: World, applicant: Client, role: str, change: dict[str, Any], expected: tuple[int, str]
) -> None:
    project = applicant("POST", "/projects", project_body()).body
    engineering = applicant("GET", f"/engineerings?project_id={project['id']}").body["entries"][0]
    body = {"engineering_id": engineering["id"], "stage": "2", "process_type": "1", "channel": "online"}
    assert problem(world.client(role)("POST", "/stage-cases", {**body, **change})) == expected
    assert applicant("GET", "/stage-cases").body["entries"] == []


@pytest.mark.parametrize(
    ("checked", "expected", "fields"),
    [
        ({"name": "第2小学教学楼"}, (409, "project_differs"), ["/checked/name"]),
        ({"credit_code": "91210782MA0N00010Y"}, (409, "project_differs"), ["/checked/credit_code"]),
        ({"code": "2101-210782-04-01-000001"}, (422, "invalid_input"), ["/checked/code"]),
        ({"name": None}, (422, "invalid_input"), ["/checked/name"]),
    ],
)
def test_what_the_window_checked_must_be_the_project(
    world: World, checked: dict[str, Any], expected: tuple[int, str], fields: list[str]
) -> None:
    clerk, registered = world.client("window_clerk"), project_body()
    project = clerk("POST", "/projects", registered).body
    engineering = clerk("GET", f"/engineerings?project_id={project['id']}").body["entries"][0]
    paper = {name: registered[name] for name in ("name", "credit_code")}
    body = {"engineering_id": engineering["id"], "stage": "2", "process_type": "1", "channel": "window"}

    reply = clerk("POST", "/stage-cases", {**body, "checked": paper | checked})

    assert problem(reply) == expected
    assert [error["field"] for error in reply.body["errors"]] == fields
    assert clerk("GET", "/stage-cases").body["entries"] == []
    assert clerk("POST", "/stage-cases", {**body, "checked": paper}).status == 201


def test_a_stage_case_shows_how_far_it_is(world: World, applicant: Client) -> None:
    stage_case = open_stage(world)
    whole = applicant("GET", f"/stage-cases/{stage_case['id']}").body
    assert whole["project_name"] == "第1小学教学楼"
    assert whole["progress"] == {
        "items": 0,
        "items_ended": 0,
        "main_items": 0,
        "main_items_approved": 0,
        "open_tasks": 1,
        "suspended": False,
    }
    for name in ("items", "materials", "opinions", "reports", "holds"):
        assert whole[name] == []


def test_lists_filter_by_what_is_asked(world: World, applicant: Client) -> None:
    first, second = open_stage(world, 1), open_stage(world, 2)
    for query in (f"project_id={second['project_id']}", f"engineering_id={second['engineering_id']}"):
        found = applicant("GET", f"/stage-cases?{query}").body["entries"]
        assert [entry["id"] for entry in found] == [second["id"]]
    assert len(applicant("GET", "/stage-cases?status=open&stage=2&region_code=210782").body["entries"]) == 2
    assert applicant("GET", "/stage-cases?status=void").body["entries"] == []
    named = applicant("GET", "/projects?q=第1").body["entries"]
    assert [entry["id"] for entry in named] == [first["project_id"]]
    coded = applicant("GET", f"/projects?code={project_body(2)['code']}").body["entries"]
    assert [entry["id"] for entry in coded] == [second["project_id"]]


@pytest.fixture
def searched(applicant: Client) -> set[str]:
    """The names of registered projects."""
    names = ("闾山小学教学楼", "小闾山学校", "5G基站50%_共享", "闾山 (二期)")
    bodies = [{**project_body(number), "name": name} for number, name in enumerate(names)]
    assert [applicant("POST", "/projects", body).status for body in bodies] == [201] * len(names)
    return set(names)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("闾山", {"闾山小学教学楼", "小闾山学校", "闾山 (二期)"}),
        ("小学", {"闾山小学教学楼"}),
        ("闾山小学", {"闾山小学教学楼"}),
        ("山学校", {"小闾山学校"}),
        ("山 (", {"闾山 (二期)"}),
        ("5g", {"5G基站50%_共享"}),
        ("0%", {"5G基站50%_共享"}),
        ("%_", {"5G基站50%_共享"}),
        ("__", set()),
        ("%%", set()),
        ("\\%", set()),
        ("学小", set()),
        ("'; --", set()),
        ("闾" * 100, set()),
    ],
)
def test_projects_are_found_by_words_of_their_name(
    applicant: Client, searched: set[str], words: str, names: set[str]
) -> None:
    found = applicant("GET", f"/projects?q={quote(words)}").body["entries"]
    assert {entry["name"] for entry in found} == names


def test_words_find_nothing_outside_of_the_data_scope(world: World, searched: set[str]) -> None:
    found = [
        world.client(role)("GET", "/projects?q=" + quote("闾山")).body["entries"] for role in ("officer", "supervisor")
    ]
    assert [len(entries) for entries in found] == [0, 3]


@pytest.mark.parametrize("words", ["", "闾", "%", "闾" * 101, "  ", "闾山\n", "闾\x00山", "闾\u202e山"])
def test_a_search_for_less_than_two_readable_characters_is_refused(shared_world: World, words: str) -> None:
    reply = shared_world.client("applicant")("GET", f"/projects?q={quote(words)}")
    assert problem(reply) == (422, "invalid_input")
    assert {error["field"] for error in reply.body["errors"]} == {"q"}


def test_a_project_is_split_into_engineerings(world: World, applicant: Client) -> None:
    project = applicant("POST", "/projects", project_body()).body
    body = {"project_id": project["id"], "name": "一标段", "scope": "教学楼"}
    made = applicant("POST", "/engineerings", body)
    assert made.status == 201
    assert made.body["code"] == f"{project['code']}-01"
    assert applicant("GET", f"/engineerings/{made.body['id']}").body == made.body
    assert problem(applicant("POST", "/engineerings", {**body, "project_id": str(uuid4())})) == (
        404,
        "project_not_found",
    )
    assert problem(world.client("officer")("POST", "/engineerings", body)) == (403, "permission_missing")


def test_releases_show_their_stages_diagrams_and_forms(world: World, applicant: Client) -> None:
    listed = applicant("GET", "/releases?region_code=210782").body["entries"]
    assert [entry["id"] for entry in listed] == [world.release.id]
    whole = applicant("GET", f"/releases/{world.release.id}").body
    assert [kind["code"] for kind in whole["process_types"]] == ["1", "2", "5", "6", "7", "8-1", "8-2"]
    assert [stage["code"] for stage in whole["process_types"][0]["stages"]] == ["1", "2", "3", "4"]
    for name in whole["diagrams"]:
        assert "<bpmn" in applicant("GET", f"/releases/{world.release.id}/diagrams/{name}").body["xml"]
    for form in whole["forms"]:
        assert applicant("GET", f"/releases/{world.release.id}/forms/{form}").body["definition"]["components"]
    base = f"/releases/{world.release.id}"
    assert problem(applicant("GET", f"{base}/diagrams/pack.toml")) == (404, "diagram_not_found")
    assert problem(applicant("GET", f"{base}/forms/nothing")) == (404, "form_not_found")
    assert problem(applicant("GET", f"/releases/{'0' * 64}")) == (404, "release_not_found")
