"""Item cases over HTTP: what a department and an applicant do with one, and how they are refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.api.known import known_rows
from tests.integration.api.world import World, problem

NOWHERE = "00000000-0000-0000-0000-000000000000"
GROUNDS = {"procedure": "survey", "reason": "现场复杂", "basis": "第六条"}
ACTS: list[tuple[str, dict[str, Any]]] = [
    ("withdrawal", {"reason": "方案调整"}),
    ("suspension", GROUNDS),
    ("suspension/evidence", {"evidence": "现场踏勘记录"}),
    ("suspension/extension", {"expected_end": "2030-01-01", "reason": "未完"}),
    ("resumption", {}),
    ("extension", {"limit": "5WD", "reason": "复杂"}),
    ("delivery", {"way": "邮寄", "recipient": "张三", "delivered_on": "2026-11-20"}),
]


@pytest.mark.parametrize(("path", "body"), ACTS)
def test_an_act_on_no_item_case_is_not_found(shared_world: World, path: str, body: dict[str, Any]) -> None:
    officer = shared_world.client("officer")

    assert problem(officer("POST", f"/item-cases/{NOWHERE}/{path}", body)) == (404, "item_case_not_found")


@pytest.mark.parametrize(("path", "body"), ACTS)
def test_an_act_is_refused_to_who_only_looks_on(shared_world: World, path: str, body: dict[str, Any]) -> None:
    supervisor = shared_world.client("supervisor")

    assert problem(supervisor("POST", f"/item-cases/{NOWHERE}/{path}", body))[0] == 403


@pytest.mark.parametrize(("path", "body"), [act for act in ACTS if act[1]])
def test_an_act_without_its_grounds_is_refused_by_field(shared_world: World, path: str, body: dict[str, Any]) -> None:
    officer = shared_world.client("officer")

    for name in body:
        reply = officer("POST", f"/item-cases/{NOWHERE}/{path}", {key: body[key] for key in body if key != name})
        assert problem(reply)[0] == 422
        assert [error["field"] for error in reply.body["errors"]] == [f"/{name}"]
    reply = officer("POST", f"/item-cases/{NOWHERE}/{path}", {**body, "more": 1})
    assert [error["field"] for error in reply.body["errors"]] == ["/more"]


def test_consequences_ask_for_an_act_and_a_decision(shared_world: World) -> None:
    officer = shared_world.client("officer")

    assert problem(officer("GET", f"/item-cases/{NOWHERE}/consequences"))[0] == 422
    rehearsal = f"/item-cases/{NOWHERE}/consequences?act=withdrawal"
    assert problem(officer("GET", rehearsal)) == (404, "item_case_not_found")
    assert problem(officer("GET", f"/tasks/{NOWHERE}/consequences?decision=refuse")) == (404, "task_not_found")


def test_an_item_case_shows_all_that_belongs_to_it(world: World) -> None:
    known = known_rows(world)

    shown = world.client("supervisor")("GET", f"/item-cases/{known['item_case_id']}").body

    assert (shown["suspensions"], shown["promises"], shown["extension"], shown["delivery"]) == ([], [], None, None)


def test_a_release_names_its_special_procedures_and_ways_of_delivery(shared_world: World) -> None:
    release = shared_world.client("officer")("GET", f"/releases/{shared_world.release.id}").body

    assert {entry["code"] for entry in release["special_procedures"]} >= {"tender", "survey", "experts"}
    assert "邮寄" in release["delivery"]
