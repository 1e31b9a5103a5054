"""Boards, inbox, reminders, red matters and "why" over HTTP, with everything that must be refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from accounts.models import Appointment
from cases.claims import claim_messages
from cases.count_lights import OLDEST
from cases.deliver_outbox import deliver_outbox
from cases.remind import UNANSWERED_FOR
from cases.tell_lights import tell_lights
from database.clock import current_time
from database.transaction import in_transaction
from tests.integration.api.world import Client, World, open_stage, problem, task_of

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
YELLOW = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
RED = datetime(2026, 3, 3, 9, 31, tzinfo=UTC)
COLOURS = ("green", "yellow", "red", "grey")
TASKS = "&kind=task"


@pytest.fixture
def stage_case(world: World) -> dict[str, Any]:
    """A stage case whose departments were asked on Monday, with a working day each."""
    on_monday(world)
    opened = open_stage(world)
    lead = world.client("lead_officer")
    task = task_of(lead, opened, "接收申请")
    assert lead("POST", f"/tasks/{task['id']}/completion", {"values": {"process_type": "1"}}).status == 200
    return opened


def on_monday(world: World) -> None:
    """It is a Monday in March, and what stands stood before."""
    for column in ("appointments SET valid_from", "releases SET in_force_from"):
        work(world, lambda session, column=column: session.execute(text(f"UPDATE {column} = '2020-01-01'")))
    world.database.set_clock(MONDAY)


def at(world: World, moment: datetime) -> None:
    """Time passes; sessions that it would end begin anew."""
    world.database.set_clock(moment)
    world.clients.clear()


def work(world: World, do: Any) -> Any:
    return in_transaction(world.sessions, do)


def tell(world: World) -> None:
    """The scan and the workers do what is due now."""
    work(world, lambda session: tell_lights(session, 1000, current_time(session)))
    for message in work(world, lambda session: claim_messages(session, 1000, current_time(session))):
        work(world, partial(deliver_outbox, message_id=message))


def lights(client: Client, color: str, more: str = "") -> list[dict[str, Any]]:
    reply = client("GET", f"/lights?color={color}{more}")
    assert reply.status == 200, reply.text
    found: list[dict[str, Any]] = reply.body["entries"]
    assert {light["color"] for light in found} <= {color}
    return found


@pytest.mark.parametrize(("moment", "color"), [(MONDAY, "green"), (YELLOW, "yellow"), (RED, "red")])
@pytest.mark.parametrize("told", [False, True])
def test_the_colour_follows_from_the_time_whether_the_scan_told_of_it_or_not(
    world: World, stage_case: dict[str, Any], moment: datetime, color: str, told: bool
) -> None:
    at(world, moment)
    if told:
        tell(world)
    supervisor = world.client("supervisor")
    found = {each: len(lights(supervisor, each)) for each in COLOURS}
    assert found[color] > 5
    assert sum(found.values()) == found[color]


def test_a_held_limit_is_grey(world: World, stage_case: dict[str, Any]) -> None:
    work(world, lambda session: session.execute(text("UPDATE due_rows SET held = true WHERE kind = 'task'")))
    at(world, RED)
    supervisor = world.client("supervisor")
    assert lights(supervisor, "grey", TASKS)
    assert lights(supervisor, "red", TASKS) == []


def test_a_provisional_limit_stays_yellow(world: World, stage_case: dict[str, Any]) -> None:
    work(world, lambda session: session.execute(text("UPDATE due_rows SET provisional = true WHERE kind = 'task'")))
    at(world, RED)
    supervisor = world.client("supervisor")
    untold = len(lights(supervisor, "yellow", TASKS))
    tell(world)
    assert len(lights(supervisor, "yellow", TASKS)) == untold > 5
    assert lights(supervisor, "red", TASKS) == []


def test_a_department_sees_its_own_lights_and_the_supervisor_the_region(
    world: World, stage_case: dict[str, Any]
) -> None:
    own = str(world.organisations["approval"])
    mine = lights(world.client("officer"), "green")
    assert {light["organisation_id"] for light in mine} == {own}
    everything = lights(world.client("supervisor"), "green")
    assert len({light["organisation_id"] for light in everything}) > 1
    other = next(light["organisation_id"] for light in everything if light["organisation_id"] != own)
    assert lights(world.client("officer"), "green", f"&organisation={other}") == []
    chosen = lights(world.client("supervisor"), "green", f"&organisation={other}&kind=task&region={world.region_code}")
    assert {light["organisation_id"] for light in chosen} == {other}
    assert lights(world.client("supervisor"), "green", "&region=999999") == []
    assert lights(world.client("supervisor"), "green", "&kind=procedure") == []


def test_a_board_is_paged_without_a_gap_or_a_repetition(world: World, stage_case: dict[str, Any]) -> None:
    at(world, YELLOW)
    supervisor = world.client("supervisor")
    whole = [light["id"] for light in lights(supervisor, "yellow", "&limit=200")]
    paged: list[str] = []
    cursor = ""
    while True:
        page = supervisor("GET", f"/lights?color=yellow&limit=3{cursor}").body
        paged += [light["id"] for light in page["entries"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert paged == whole
    assert len(set(paged)) == len(paged) > 5


def test_a_board_refuses_what_it_does_not_know(world: World) -> None:
    supervisor = world.client("supervisor")
    assert problem(supervisor("GET", "/lights"))[0] == 422
    assert problem(supervisor("GET", "/lights?color=blue"))[0] == 422
    assert problem(supervisor("GET", "/lights?color=red&cursor=abc")) == (422, "invalid_cursor")


def test_the_counts_say_when_they_were_taken_and_are_at_most_thirty_seconds_old(
    world: World, stage_case: dict[str, Any]
) -> None:
    supervisor = world.client("supervisor")
    first = supervisor("GET", "/lights/counts").body
    green = sum(entry["green"] for entry in first["entries"])
    assert green == len(lights(supervisor, "green", "&limit=200"))
    assert {entry["stage"] for entry in first["entries"]} == {"2"}
    world.database.move_clock(timedelta(seconds=5))
    assert supervisor("GET", "/lights/counts").body["as_of"] == first["as_of"]
    at(world, RED)
    later = world.client("supervisor")("GET", "/lights/counts").body
    assert sum(entry["red"] for entry in later["entries"]) == green
    assert sum(entry["green"] for entry in later["entries"]) == 0
    age = world.database.now - datetime.fromisoformat(later["as_of"])
    assert timedelta(0) <= age <= OLDEST
    mine = world.client("officer")("GET", "/lights/counts").body["entries"]
    assert {entry["organisation_id"] for entry in mine} == {str(world.organisations["approval"])}


def test_the_inbox_is_read_one_by_one_and_until_a_moment(world: World, stage_case: dict[str, Any]) -> None:
    at(world, YELLOW)
    tell(world)
    officer = world.client("officer")
    notices = officer("GET", "/notices?unread=true").body["entries"]
    assert {"light", "task_opened"} <= {notice["kind"] for notice in notices}
    assert any(notice["title"].startswith("黄灯：") for notice in notices)
    count = officer("GET", "/notices/unread-count").body["unread"]
    assert count == len(notices)
    read = officer("POST", f"/notices/{notices[0]['id']}/read")
    assert read.body["read_at"]
    assert officer("POST", f"/notices/{notices[0]['id']}/read").body["read_at"] == read.body["read_at"]
    assert officer("GET", "/notices/unread-count").body["unread"] == count - 1
    until = notices[0]["delivered_at"]
    assert officer("POST", "/notices/read", {"until": until}).body == {"read": count - 1}
    assert officer("GET", "/notices?unread=true").body["entries"] == []
    assert len(officer("GET", "/notices?unread=false").body["entries"]) == count


def test_a_notice_of_somebody_else_is_not_there(world: World, stage_case: dict[str, Any]) -> None:
    tell(world)
    notice = world.client("officer")("GET", "/notices").body["entries"][0]
    assert problem(world.client("supervisor")("POST", f"/notices/{notice['id']}/read")) == (404, "notice_not_found")
    assert world.client("officer")("GET", "/notices").body["entries"][0]["read_at"] is None


def test_somebody_says_where_his_mail_goes(world: World) -> None:
    officer = world.client("officer")
    assert officer("GET", "/notices/mail").body == {"email": None, "available": False}
    assert (
        officer("PUT", "/notices/mail", {"email": "officer@example.gov.cn"}).body["email"] == "officer@example.gov.cn"
    )
    assert problem(officer("PUT", "/notices/mail", {"email": "nowhere"}))[0] == 422
    assert officer("PUT", "/notices/mail", {"email": None}).body["email"] is None


def test_a_reminder_is_answered_and_both_stay(world: World, stage_case: dict[str, Any]) -> None:
    officer, supervisor = world.client("officer"), world.client("supervisor")
    task = task_of(officer, stage_case, "回复策划意见")
    sent = supervisor("POST", f"/tasks/{task['id']}/reminders", {"text": "请今天答复"})
    assert sent.status == 201, sent.text
    tell(world)
    assert "催办：请今天答复" in {notice["title"] for notice in officer("GET", "/notices").body["entries"]}
    replied = officer("POST", f"/reminders/{sent.body['id']}/reply", {"text": "下午答复"})
    assert (replied.body["reply"], replied.body["sent_by_name"]) == ("下午答复", "监管员")
    assert replied.body["replied_at"]
    seen = supervisor("GET", f"/reminders?stage_case_id={stage_case['id']}&answered=true").body["entries"]
    assert [reminder["id"] for reminder in seen] == [sent.body["id"]]
    again = officer("POST", f"/reminders/{sent.body['id']}/reply", {"text": "再答复"})
    assert problem(again) == (409, "replied_already")


def test_a_reminder_is_not_repeated_before_it_could_be_answered(world: World, stage_case: dict[str, Any]) -> None:
    task = task_of(world.client("officer"), stage_case, "回复策划意见")
    path, words = f"/tasks/{task['id']}/reminders", {"text": "请尽快"}
    assert world.client("supervisor")("POST", path, words).status == 201
    assert problem(world.client("lead_officer")("POST", path, words)) == (409, "reminded_already")
    at(world, MONDAY + UNANSWERED_FOR + timedelta(minutes=1))
    assert world.client("lead_officer")("POST", path, words).status == 201


def test_who_may_not_remind_is_refused(world: World, stage_case: dict[str, Any]) -> None:
    officer = world.client("officer")
    task = task_of(officer, stage_case, "回复策划意见")
    path = f"/tasks/{task['id']}/reminders"
    assert problem(officer("POST", path, {"text": "请尽快"}))[0] == 403
    assert problem(world.client("supervisor")("POST", path, {"text": " "}))[0] == 422
    unknown = world.client("supervisor")("POST", f"/tasks/{uuid4()}/reminders", {"text": "请尽快"})
    assert problem(unknown) == (404, "task_not_found")
    sent = world.client("supervisor")("POST", path, {"text": "请尽快"}).body
    refused = world.client("lead_officer")("POST", f"/reminders/{sent['id']}/reply", {"text": "好"})
    assert problem(refused) == (403, "not_your_reminder")
    values = {"conclusion": "required", "legality": "met", "compliance": "met", "feasibility": "met"}
    assert officer("POST", f"/tasks/{task['id']}/completion", {"values": values}).status == 200
    assert problem(world.client("supervisor")("POST", path, {"text": "请尽快"})) == (409, "task_over")


def test_a_vacant_post_is_a_red_matter_until_it_is_held_and_told(world: World, stage_case: dict[str, Any]) -> None:
    tell(world)
    administrator = world.client("system_administrator")
    matters = administrator("GET", "/red-matters?problem=vacant&limit=200").body["entries"]
    home = str(world.organisations["sports"])
    mine = [matter for matter in matters if matter["organisation_id"] == home]
    assert mine
    assert mine[0]["role_title"] == "部门经办人"
    assert "岗位空缺" in mine[0]["reason"]
    assert "任命" in mine[0]["advice"]
    assert world.client("supervisor")("GET", "/red-matters").body["entries"]

    def appoint(session: Any) -> None:
        person, sports = world.people["officer"], world.organisations["sports"]
        now = current_time(session)
        session.add(Appointment(user_id=person, organisation_id=sports, role="officer", valid_from=now))

    work(world, appoint)
    assert administrator("POST", f"/red-matters/{mine[0]['id']}/retry").status == 204
    left = administrator("GET", "/red-matters?limit=200").body["entries"]
    assert mine[0]["id"] in {matter["id"] for matter in left}
    tell(world)
    left = administrator("GET", "/red-matters?limit=200").body["entries"]
    assert mine[0]["id"] not in {matter["id"] for matter in left}
    assert problem(administrator("POST", f"/red-matters/{mine[0]['id']}/retry")) == (404, "matter_not_found")


def test_why_names_the_people_the_limits_and_the_vacant_posts(world: World, stage_case: dict[str, Any]) -> None:
    at(world, RED)
    why = world.client("lead_officer")("GET", f"/stage-cases/{stage_case['id']}/why").body
    held = [task for task in why["tasks"] if not task["vacant"]]
    assert {tuple(task["people"]) for task in held if task["role"] == "officer"} == {("部门经办人",)}
    assert why["vacant_posts"]
    assert len(why["next"]) == len(why["tasks"])
    assert any("岗位空缺" in sentence for sentence in why["next"])
    assert any("部门经办人）办理“回复策划意见”" in sentence for sentence in why["next"])
    assert {limit["color"] for limit in why["limits"]} == {"red"}
    assert {(limit["remaining"], limit["unit"]) for limit in why["limits"]} == {(0.0, "WD")}
    assert why["last_error"] is None


def test_progress_shows_each_limit_with_what_remains(world: World, stage_case: dict[str, Any]) -> None:
    at(world, datetime(2026, 3, 3, 4, 0, tzinfo=UTC))
    progress = world.client("lead_officer")("GET", f"/stage-cases/{stage_case['id']}/progress").body
    assert progress["items"] == []
    assert {(limit["remaining"], limit["color"]) for limit in progress["limits"]} == {(0.56, "green")}


def test_why_is_not_told_outside_the_scope(world: World, stage_case: dict[str, Any]) -> None:
    reply = world.client("supervisor")("GET", f"/stage-cases/{uuid4()}/why")
    assert problem(reply) == (404, "stage_case_not_found")
    assert problem(world.client("supervisor")("GET", f"/item-cases/{uuid4()}/why")) == (404, "item_case_not_found")


def test_a_department_is_told_in_time_and_the_record_says_whose_overdue_it_would_be(
    world: World, stage_case: dict[str, Any]
) -> None:
    address = f"/stage-cases/{stage_case['id']}/notifications"
    supervisor = world.client("supervisor")
    asked = supervisor("GET", address).body["entries"]
    assert len(asked) > 5
    assert {(entry["notified_at"], entry["overdue"]) for entry in asked} == {(None, False)}
    tell(world)

    told = [entry for entry in supervisor("GET", address).body["entries"] if entry["notified_at"]]
    assert {entry["limit_text"] for entry in told} == {"1WD"}
    assert {entry["answerable_name"] for entry in told} == {"北镇市自然资源局"}
    at(world, RED)
    late = world.client("supervisor")("GET", address).body["entries"]
    assert {entry["task_id"] for entry in late if entry["overdue"]} == {entry["task_id"] for entry in asked} - {
        entry["task_id"] for entry in told
    }
    assert world.client("security_administrator")("GET", address).status == 403
