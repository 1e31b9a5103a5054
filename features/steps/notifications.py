"""Sentences on telling departments in time: what was sent, whom it reached when, and whose overdue it is otherwise."""

from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, then, when

from features.steps.cast import TITLES, WHO
from features.steps.clock import wait_until
from features.steps.handling import moment
from features.steps.limits import notices
from features.steps.packs import put_in_force, setting
from features.steps.world import World
from launcher.system import Platform

SECURITY = "security"


def appointment(world: World, title: str) -> Any:
    """The appointment of the person whom the scenario calls by this title, the last one."""
    person = world.cast.user(TITLES[title])
    return next(world.cast.user(SECURITY).pages("/appointments", user_id=person.id))


def notification(world: World, who: str, item: str) -> Any:
    """What somebody sees of telling the department of an item, the last time that it was asked about it."""
    found = world.person(who).get(f"/stage-cases/{world.course.id}/notifications")["entries"]
    return [entry for entry in found if entry["item_name"] == item][-1]


@given(parsers.re(WHO + "的岗位空缺，没有人担任$"))
def nobody_holds_the_post(world: World, who: str) -> None:
    held = appointment(world, who)
    world.notes[f"post of {who}"] = held
    world.cast.user(SECURITY).post(f"/appointments/{held['id']}/end", {"reason": "调离"})


@when(parsers.re("安全管理员重新任命" + WHO + "$"))
def somebody_is_appointed(world: World, who: str) -> None:
    held = world.notes[f"post of {who}"]
    post = {name: held[name] for name in ("user_id", "organisation_id", "role")}
    world.cast.user(SECURITY).post("/appointments", post)


@given("地区包设定通知时限不亮灯")
def notifications_have_no_light(platform: Platform) -> None:
    put_in_force(platform, {"pack.toml": (setting("lights", "notice", "false"),)})


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”在1个工作日内通知到(?P<department>.+)，逾期要记在(?P<lead>.+)名下$"))
def told_within_a_day(world: World, who: str, item: str, department: str, lead: str) -> None:
    wait_until(lambda: bool(notification(world, who, item)["notified_at"]), f"通知{department}办理“{item}”")
    told = notification(world, who, item)
    assert (told["organisation_name"], told["answerable_name"]) == (department, lead)
    assert (told["limit_text"], told["overdue"]) == ("1WD", False)
    assert moment(told["opened_at"]) <= moment(told["notified_at"]) <= moment(told["due_at"])


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”没有通知到(?P<department>.+)，记为(?P<lead>.+)逾期$"))
def missed(world: World, who: str, item: str, department: str, lead: str) -> None:
    late = notification(world, who, item)
    assert (late["organisation_name"], late["answerable_name"]) == (department, lead)
    assert (late["overdue"], late["notified_at"]) == (True, None)


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”通知到(?P<department>.+)已逾期，仍记为(?P<lead>.+)逾期$"))
def told_late(world: World, who: str, item: str, department: str, lead: str) -> None:
    wait_until(lambda: bool(notification(world, who, item)["notified_at"]), f"通知{department}办理“{item}”")
    late = notification(world, who, item)
    assert (late["organisation_name"], late["answerable_name"], late["overdue"]) == (department, lead, True)
    assert moment(late["notified_at"]) > moment(late["due_at"])


@then(parsers.re(WHO + "收到没有通知到(?P<department>.+)的红灯通知$"))
def told_of_the_miss(world: World, who: str, department: str) -> None:
    def told() -> bool:
        titles = [entry["title"] for entry in notices(world, who, "light")]
        return any(title.startswith("红灯") and f"通知{department}办理" in title for title in titles)

    wait_until(told, f"通知{who}：没有通知到{department}")


@then(parsers.re(WHO + "看到(?P<department>.+)的岗位空缺列为红色事项$"))
def a_red_matter(world: World, who: str, department: str) -> None:
    def red() -> list[Any]:
        found = world.person(who).pages("/red-matters", problem="vacant")
        return [entry for entry in found if entry["stage_case_id"] == world.course.id]

    wait_until(lambda: bool(red()), f"把{department}的岗位空缺列为红色事项")
    assert {entry["organisation_name"] for entry in red()} == {department}


@then(parsers.re(WHO + "看不到通知“(?P<item>[^”]+)”的灯$"))
def no_light(world: World, who: str, item: str) -> None:
    late = notification(world, who, item)["limit_id"]
    for colour in ("red", "yellow", "green", "grey"):
        assert late not in {entry["id"] for entry in world.person(who).pages("/lights", color=colour)}
