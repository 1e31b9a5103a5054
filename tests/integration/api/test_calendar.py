"""The working calendar over HTTP, and why a limit is due when it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cases.recompute_dues import recompute_dues
from database.transaction import in_transaction
from tests.integration.api.known import known_rows
from tests.integration.api.world import Client, World, open_stage, task_of

NEW_YEAR_EVE = datetime(2026, 12, 30, 2, 0, tzinfo=UTC)
DAYS = ["2027-01-01,off", "2027-01-04/2027-01-06,off", "2027-10-01,off", "2027-01-09,on"]
CSV = "year,days,kind\r\n" + "".join(f"2027,{days}\r\n" for days in DAYS)
NOTICE = {"format": "csv", "content": CSV}
SOURCE = {"source": "国办发明电〔2026〕8号"}


@pytest.fixture
def world(world: World) -> World:
    """The region at the end of the last announced year; people sign in there."""
    world.database.set_clock(NEW_YEAR_EVE)
    return world


@pytest.fixture
def system(world: World) -> Client:
    """Who may publish for every region."""
    return world.client("system_administrator")


@pytest.fixture
def guessed(world: World) -> dict[str, Any]:
    """A limit of a department that is asked at the end of the last announced year."""
    lead = world.client("lead_officer")
    stage_case = open_stage(world)
    task = task_of(lead, stage_case, "接收申请")
    done = lead("POST", f"/tasks/{task['id']}/completion", {"values": {"process_type": "1"}})
    assert done.status == 200, done.text
    found = lead("GET", f"/limits?stage_case_id={stage_case['id']}").body["entries"]
    return dict(next(limit for limit in found if limit["provisional"]))


def test_everybody_sees_the_calendar_and_which_years_are_guessed(world: World) -> None:
    found = world.client("applicant")("GET", "/calendar?region_code=210782").body

    assert (found["version"], found["provisional_years"]) == (0, [2027, 2028])
    assert found["hours"] == [["08:30", "12:00"], ["13:00", "17:30"]]
    years = {year["year"]: year for year in found["years"]}
    assert "2026-10-10" in years[2026]["on"]
    assert years[2027]["provisional"]


def test_a_preview_counts_what_would_move_and_changes_nothing(
    world: World, system: Client, guessed: dict[str, Any]
) -> None:
    reply = system("POST", "/calendar-notices/preview", NOTICE)

    assert reply.status == 200, reply.text
    found = reply.body
    assert found["off"] == ["2027-01-01", "2027-01-04", "2027-01-05", "2027-01-06", "2027-10-01"]
    assert 0 < found["moved"] <= found["running"]
    assert found["confirmed"] == found["moved"]
    move = next(move for move in found["moves"] if move["id"] == guessed["id"])
    assert (move["due_before"], move["provisional_before"]) == (guessed["due_at"], True)
    assert move["due_after"] > move["due_before"]
    assert system("GET", "/calendar-notices").body["entries"] == []


def test_what_the_preview_said_is_what_publication_does(world: World, system: Client, guessed: dict[str, Any]) -> None:
    preview = system("POST", "/calendar-notices/preview", NOTICE).body
    published = system("POST", "/calendar-notices", {**NOTICE, **SOURCE, "seen_version": preview["version"]})
    assert published.status == 201, published.text
    assert (published.body["version"], published.body["published_by_name"]) == (1, "系统管理员")
    while in_transaction(world.sessions, recompute_dues):
        pass

    lead = world.client("lead_officer")
    for move in preview["moves"]:
        why = lead("GET", f"/limits/{move['id']}/explanation").body
        assert (why["due_at"], why["provisional"]) == (move["due_after"], False)
    calendar = lead("GET", "/calendar?region_code=210782&first_year=2027&last_year=2027").body
    assert calendar["provisional_years"] == []
    assert calendar["years"][0]["source"] == SOURCE["source"]


def test_an_explanation_tells_every_day_from_the_start_to_the_due(
    world: World, system: Client, guessed: dict[str, Any]
) -> None:
    lead = world.client("lead_officer")
    path = f"/limits/{guessed['id']}/explanation"
    before = lead("GET", path).body
    assert before["due_at"] == guessed["due_at"]
    assert "2026年12月30日（周三）" in before["sentences"][0]
    assert any("暂定" in sentence for sentence in before["sentences"])

    system("POST", "/calendar-notices", {**NOTICE, **SOURCE})
    while in_transaction(world.sessions, recompute_dues):
        pass

    after = lead("GET", path).body
    assert any("2027年1月1日（周五）至2027年1月6日（周三）：法定节假日" in sentence for sentence in after["sentences"])
    assert "放假安排公布（日历版本 1）" in after["sentences"][-1]
    (change,) = after["changes"]
    assert (change["before_at"], change["after_at"]) == (before["due_at"], after["due_at"])
    assert sum(1 for run in after["runs"] if run["kind"] == "holiday") > 0


def test_who_may_not_see_the_case_gets_no_explanation(world: World) -> None:
    limit = known_rows(world)["limit_id"]
    assert world.client("lead_officer")("GET", f"/limits/{limit}/explanation").status == 200
    assert world.client("officer")("GET", f"/limits/{limit}/explanation").status == 404
    assert world.client("system_administrator")("GET", f"/limits/{limit}/explanation").status == 403


def test_mistakes_in_a_notice_are_told_with_their_place(world: World, system: Client) -> None:
    wrong = system(
        "POST", "/calendar-notices/preview", {"format": "csv", "content": "year,days,kind\n2027,2027-02-30,off\n"}
    )
    assert wrong.body["code"] == "notice_invalid"
    assert "第 2 行" in wrong.text
    lacking = system(
        "POST", "/calendar-notices", {"format": "json", "content": '{"year": 2027, "off": [], "on": []}', **SOURCE}
    )
    assert "法定节假日" in lacking.body["detail"]


def test_a_region_publishes_for_itself_and_not_for_the_nation(world: World, system: Client) -> None:
    local = world.client("process_administrator")
    assert local("POST", "/calendar-notices", {**NOTICE, **SOURCE}).status == 403
    assert local("POST", "/calendar-notices", {**NOTICE, **SOURCE, "region_code": "210782"}).status == 201
    assert system("POST", "/calendar-notices", {**NOTICE, **SOURCE, "region_code": "999999"}).status == 404
    stale = system("POST", "/calendar-notices", {**NOTICE, **SOURCE, "seen_version": 0})
    assert (stale.status, stale.body["code"]) == (409, "calendar_changed")
    again = local("POST", "/calendar-notices", {**NOTICE, **SOURCE, "region_code": "210782"})
    assert again.body["code"] == "notice_unchanged"
    shown = local("GET", "/calendar-notices?region_code=210782&year=2027").body["entries"]
    assert [(entry["region_code"], entry["published_by_name"]) for entry in shown] == [("210782", "流程管理员")]
