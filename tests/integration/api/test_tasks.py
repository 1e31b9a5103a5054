"""Tasks over HTTP: lists, claim, draft, complete, and everything that must be refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.integration.api.world import Client, Reply, World, open_stage, problem, sign_in, task_of

RECEIVE = {"values": {"process_type": "1"}}


@pytest.fixture
def stage_case(world: World) -> dict[str, Any]:
    """A stage case that waits for the lead department to receive it."""
    return open_stage(world)


@pytest.fixture
def lead(world: World) -> Client:
    """The lead department's officer."""
    return world.client("lead_officer")


@pytest.fixture
def task(lead: Client, stage_case: dict[str, Any]) -> dict[str, Any]:
    """The lead department's first task."""
    return task_of(lead, stage_case, "接收申请")


def colleague(world: World) -> Client:
    """Another person in the lead officer's post."""
    from accounts.posts import appoint
    from accounts.users import create_user
    from database.clock import current_time
    from tests.integration.api.world import PASSWORD

    with world.sessions() as session:
        now, home = current_time(session), world.organisations["natural_resources"]
        user = create_user(
            session,
            None,
            username="colleague",
            display_name="同事",
            organisation_id=home,
            password=PASSWORD,
            must_change_password=False,
            now=now,
        )
        appoint(session, None, user_id=user.id, organisation_id=home, role="lead_officer", now=now)
        session.commit()
    return sign_in(world.app, "colleague")


def test_a_task_shows_its_form_and_what_may_be_chosen(lead: Client, task: dict[str, Any]) -> None:
    whole = lead("GET", f"/tasks/{task['id']}").body
    assert whole["form"] == "receive_application"
    assert whole["form_definition"]["components"]
    assert [choice["value"] for choice in whole["choices"]["process_types"]] == ["1", "2", "8-1", "8-2"]
    assert whole["project_name"] == "第1小学教学楼"
    assert whole["draft"] is None


def test_completing_a_task_opens_the_next_ones(world: World, lead: Client, task: dict[str, Any]) -> None:
    done = lead("POST", f"/tasks/{task['id']}/completion", RECEIVE)
    assert done.status == 200, done.text
    assert done.body["status"] == "done"
    entries = lead("GET", "/tasks?of=done").body["entries"]
    assert [(entry["id"], entry["status"]) for entry in entries] == [(task["id"], "done")]
    opinions = world.client("officer")("GET", "/tasks").body["entries"]
    assert {entry["name"] for entry in opinions} == {"回复策划意见"}
    history = lead("GET", f"/stage-cases/{task['stage_case_id']}/history").body["entries"]
    assert [(entry["name"], entry["submission"]["process_type"]) for entry in history] == [("接收申请", "1")]


def test_a_task_is_done_once(lead: Client, task: dict[str, Any]) -> None:
    path = f"/tasks/{task['id']}/completion"
    assert lead("POST", path, RECEIVE).status == 200
    assert problem(lead("POST", path, RECEIVE)) == (409, "task_already_done")


def test_the_same_request_twice_has_one_effect_and_one_answer(world: World, lead: Client, task: dict[str, Any]) -> None:
    path, key = f"/tasks/{task['id']}/completion", {"Idempotency-Key": str(uuid4())}
    first = lead("POST", path, RECEIVE, headers=key)
    again = lead("POST", path, RECEIVE, headers=key)
    assert first.status == again.status == 200
    assert first.body == again.body
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    other = lead("POST", path, {"values": {"process_type": "2"}}, headers=key)
    assert problem(other) == (422, "idempotency_key_reused")


def test_a_refused_request_may_be_sent_again_under_its_key(lead: Client, task: dict[str, Any]) -> None:
    path, key = f"/tasks/{task['id']}/completion", {"Idempotency-Key": "key-of-mine-1"}
    assert lead("POST", path, {"values": {}}, headers=key).status == 422
    assert lead("POST", path, RECEIVE, headers=key).status == 200


def test_a_key_is_of_its_person_and_its_route(world: World, lead: Client, task: dict[str, Any]) -> None:
    key = {"Idempotency-Key": "key-of-mine-1"}
    assert lead("POST", f"/tasks/{task['id']}/claim", headers=key).status == 200
    assert lead("POST", f"/tasks/{task['id']}/completion", RECEIVE, headers=key).status == 200
    other = world.client("officer")("POST", f"/tasks/{task['id']}/claim", headers=key)
    assert problem(other)[0] in (403, 404)


def test_the_same_request_twice_at_once_has_one_effect(world: World, task: dict[str, Any]) -> None:
    clients = [sign_in(world.app, "lead_officer") for _ in range(4)]
    key = {"Idempotency-Key": str(uuid4())}

    def send(client: Client) -> Reply:
        return client("POST", f"/tasks/{task['id']}/completion", RECEIVE, headers=key)

    with ThreadPoolExecutor(len(clients)) as pool:
        replies = list(pool.map(send, clients))
    assert {reply.status for reply in replies} <= {200, 409}
    succeeded = [reply for reply in replies if reply.status == 200]
    assert succeeded
    assert all(reply.body == succeeded[0].body for reply in succeeded)
    assert {problem(reply) for reply in replies if reply.status == 409} <= {(409, "request_in_flight")}
    with world.database.connect() as connection:
        count = text("SELECT count(*) FROM audit_entries WHERE action = 'task.complete'")
        assert connection.execute(count).scalar_one() == 1


def test_two_people_on_one_task_get_one_success_and_one_conflict(world: World, task: dict[str, Any]) -> None:
    clients = [sign_in(world.app, "lead_officer"), colleague(world)]

    def send(client: Client) -> Reply:
        return client("POST", f"/tasks/{task['id']}/completion", RECEIVE)

    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(send, clients))
    assert sorted(reply.status for reply in replies) == [200, 409]
    assert problem(next(reply for reply in replies if reply.status == 409)) == (409, "task_already_done")


def test_a_claimed_task_is_left_alone_by_colleagues(world: World, lead: Client, task: dict[str, Any]) -> None:
    other = colleague(world)
    assert lead("POST", f"/tasks/{task['id']}/claim").body["assignee_name"] == "牵头部门经办人"
    assert lead("POST", f"/tasks/{task['id']}/claim").status == 200
    assert [entry["id"] for entry in lead("GET", "/tasks?of=me").body["entries"]] == [task["id"]]
    for method, path, body in (
        ("POST", "claim", None),
        ("DELETE", "claim", None),
        ("PUT", "draft", {"values": {}}),
        ("POST", "completion", RECEIVE),
    ):
        assert problem(other(method, f"/tasks/{task['id']}/{path}", body)) == (409, "task_claimed")
    assert lead("DELETE", f"/tasks/{task['id']}/claim").body["assignee_id"] is None
    assert other("POST", f"/tasks/{task['id']}/completion", RECEIVE).status == 200


def test_a_claim_does_not_outlive_the_post(world: World, lead: Client, task: dict[str, Any]) -> None:
    other, security = colleague(world), world.client("security_administrator")
    assert lead("POST", f"/tasks/{task['id']}/claim").status == 200
    person = lead("GET", "/sessions/current").body["user"]["id"]
    (post,) = security("GET", f"/appointments?user_id={person}").body["entries"]
    elsewhere = {"user_id": person, "organisation_id": post["organisation_id"], "role": "officer"}
    assert security("POST", "/appointments", elsewhere).status == 201
    assert security("POST", f"/appointments/{post['id']}/end", {"reason": "调动"}).status == 200

    for method, path, body in (("PUT", "draft", {"values": {}}), ("POST", "completion", RECEIVE)):
        assert problem(lead(method, f"/tasks/{task['id']}/{path}", body)) in (
            (403, "not_your_task"),
            (404, "task_not_found"),
        )
    assert lead("GET", "/tasks?of=me").body["entries"] == []
    assert other("POST", f"/tasks/{task['id']}/claim").status == 200
    assert other("POST", f"/tasks/{task['id']}/completion", RECEIVE).status == 200


def test_a_draft_is_kept_and_shown(lead: Client, task: dict[str, Any]) -> None:
    draft = {"values": {"process_type": None, "note": ["未完"]}}
    assert lead("PUT", f"/tasks/{task['id']}/draft", draft).status == 204
    assert lead("GET", f"/tasks/{task['id']}").body["draft"] == draft["values"]
    large = {"values": {"note": "甲" * 100_000}}
    assert problem(lead("PUT", f"/tasks/{task['id']}/draft", large)) == (422, "draft_too_large")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "/values/process_type"),
        ({"process_type": None}, "/values/process_type"),
        ({"process_type": "99"}, "/values/process_type"),
        ({"process_type": ["1"]}, "/values/process_type"),
        ({"process_type": {"value": "1"}}, "/values/process_type"),
        ({"process_type": "1", "department": "mine"}, "/values/department"),
        ({"process_type": "__import__('os').system('id')"}, "/values/process_type"),
    ],
)
def test_wrong_values_are_named_and_change_nothing(
    shared_task: tuple[Client, dict[str, Any]], values: dict[str, Any], field: str
) -> None:
    lead, task = shared_task
    reply = lead("POST", f"/tasks/{task['id']}/completion", {"values": values})
    assert problem(reply) == (422, "form_invalid")
    assert field in {error["field"] for error in reply.body["errors"]}
    assert lead("GET", f"/tasks/{task['id']}").body["status"] == "open"


@pytest.mark.parametrize("body", [{}, {"values": []}, {"values": None}, {"values": {}, "actor": "me"}, [], "text"])
def test_a_malformed_completion_changes_nothing(shared_task: tuple[Client, dict[str, Any]], body: Any) -> None:
    lead, task = shared_task
    reply = lead("POST", f"/tasks/{task['id']}/completion", body)
    assert problem(reply) == (422, "invalid_input")
    assert lead("GET", f"/tasks/{task['id']}").body["status"] == "open"


@pytest.fixture(scope="module")
def shared_task(shared_world: World) -> tuple[Client, dict[str, Any]]:
    """A task that refused requests leave as it is."""
    lead = shared_world.client("lead_officer")
    return lead, task_of(lead, open_stage(shared_world), "接收申请")


def test_others_cannot_touch_the_task_and_strangers_cannot_see_it(world: World, task: dict[str, Any]) -> None:
    path = f"/tasks/{task['id']}"
    expected = {
        "officer": (404, "task_not_found"),
        "window_clerk": (403, "not_your_task"),
        "applicant": (404, "task_not_found"),
        "supervisor": (403, "permission_missing"),
        "system_administrator": (403, "permission_missing"),
    }
    for role, answer in expected.items():
        assert problem(world.client(role)("POST", f"{path}/completion", RECEIVE)) == answer
    assert problem(world.client("officer")("GET", path)) == (404, "task_not_found")
    assert world.client("supervisor")("GET", path).status == 200
    assert problem(Client(world.app)("GET", path)) == (401, "not_signed_in")


def test_a_task_that_never_was_is_not_found(lead: Client) -> None:
    for method, path, body in (
        ("GET", "", None),
        ("POST", "/claim", None),
        ("DELETE", "/claim", None),
        ("PUT", "/draft", {"values": {}}),
        ("POST", "/completion", RECEIVE),
    ):
        assert problem(lead(method, f"/tasks/{uuid4()}{path}", body)) == (404, "task_not_found")


def asked(world: World, lead: Client, task: dict[str, Any]) -> tuple[Client, list[dict[str, Any]]]:
    """The officer whose department is asked, and his tasks."""
    assert lead("POST", f"/tasks/{task['id']}/completion", RECEIVE).status == 200
    officer = world.client("officer")
    return officer, officer("GET", "/tasks").body["entries"]


OPINION = {"conclusion": "required", "legality": "met", "compliance": "met", "feasibility": "met"}


def test_several_tasks_are_completed_in_one_request(world: World, lead: Client, task: dict[str, Any]) -> None:
    officer, tasks = asked(world, lead, task)
    assert len(tasks) > 1
    body = {"completions": [{"task_id": found["id"], "values": OPINION} for found in tasks]}

    done = officer("POST", "/tasks/completions", body)

    assert done.status == 200, done.text
    assert [entry["id"] for entry in done.body["completed"]] == [found["id"] for found in tasks]
    assert officer("GET", "/tasks").body["entries"] == []
    assert problem(officer("POST", "/tasks/completions", body)) == (409, "task_already_done")


def test_one_mistake_among_several_tasks_is_named_and_keeps_all_open(
    world: World, lead: Client, task: dict[str, Any]
) -> None:
    officer, tasks = asked(world, lead, task)
    completions = [{"task_id": found["id"], "values": OPINION} for found in tasks[:2]]
    completions[1]["values"] = {"conclusion": "required"}

    refused = officer("POST", "/tasks/completions", {"completions": completions})

    assert problem(refused) == (422, "form_invalid")
    assert refused.body["errors"][0]["field"] == "/completions/1/values/legality"
    assert len(officer("GET", "/tasks").body["entries"]) == len(tasks)
    wrong: list[dict[str, Any]] = [{}, {"completions": []}, {"completions": [{"values": {}}]}]
    for body in (*wrong, {"completions": completions, "more": 1}):
        assert officer("POST", "/tasks/completions", body).status == 422


def test_a_copy_is_listed_for_its_reader_and_marked_as_read(world: World, lead: Client, task: dict[str, Any]) -> None:
    body = {**RECEIVE, "copies": [str(world.organisations["natural_resources"])]}
    assert lead("POST", f"/tasks/{task['id']}/completion", body).status == 200

    (copy,) = lead("GET", "/copies?unread=true").body["entries"]
    assert (copy["name"], copy["cause"], copy["read_at"]) == ("接收申请", "choice", None)
    for _ in range(2):
        assert lead("PUT", f"/copies/{copy['id']}/reading").status == 204
    assert lead("GET", "/copies?unread=true").body["entries"] == []
    assert lead("GET", "/copies?unread=false").body["entries"][0]["read_at"]
    assert world.client("applicant")("GET", "/copies").body["entries"] == []
    assert problem(world.client("applicant")("PUT", f"/copies/{copy['id']}/reading")) == (404, "copy_not_found")


def test_a_declined_application_shows_the_applicant_its_reason(
    world: World, lead: Client, task: dict[str, Any]
) -> None:
    values = {"decision": "declined", "reason": "项目代码尚未赋码"}
    assert lead("POST", f"/tasks/{task['id']}/completion", {"values": values}).status == 200

    shown = world.client("applicant")("GET", f"/stage-cases/{task['stage_case_id']}").body

    assert (shown["status"], shown["closing_reason"]) == ("declined", "项目代码尚未赋码")


def test_a_supplementary_planning_before_the_first_report_is_refused(
    world: World, lead: Client, task: dict[str, Any]
) -> None:
    path, body = f"/stage-cases/{task['stage_case_id']}/plannings", {"items": ["015"], "reason": "规划调整"}

    assert problem(lead("POST", path, body)) == (409, "planning_open")
    assert problem(world.client("applicant")("POST", path, body)) == (403, "not_the_lead")
    assert problem(world.client("officer")("POST", path, body)) == (404, "stage_case_not_found")
    assert lead("POST", path, {"items": [], "reason": "规划调整"}).status == 422
    assert lead("POST", path, {"items": ["015"]}).status == 422
    assert lead("GET", f"/stage-cases/{task['stage_case_id']}").body["plannings"] == []
