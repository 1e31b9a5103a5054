"""Sentences on clocks: what stands while a case is held, what runs on afterwards, what the workers tell of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_bdd import given, parsers, then, when

from features.steps import desk
from features.steps.cast import WHO
from features.steps.clock import wait_until
from features.steps.course import of_item
from features.steps.handling import DECIDE, moment
from features.steps.stages import bring, start
from features.steps.suspension import suspend
from features.steps.world import World

COLOURS = {"绿": "green", "黄": "yellow", "红": "red", "灰": "grey"}
NIGHT = timedelta(hours=15)
OWN_LIMIT, NOTIFICATION = "procedure", "notice"
MINUTES_OF_WORK, A_WHILE = 0.02, timedelta(minutes=10)
"""What the platform's clock may go on, in working days and elapsed, between two looks of a scenario."""


def progress(world: World, who: str, item: str) -> Any:
    """How far an item is and what limits run in it, as somebody sees it."""
    entries = world.person(who).get(f"/stage-cases/{world.course.id}/progress")["items"]
    return next(entry for entry in entries if entry["id"] == world.course.item(item)["id"])


def clock_of(world: World, who: str, item: str) -> Any:
    """The limit of the item itself, not that of a special procedure, nor that of telling the department."""
    limits = progress(world, who, item)["limits"]
    (limit,) = [limit for limit in limits if limit["kind"] not in (OWN_LIMIT, NOTIFICATION)]
    return limit


def procedure_code(world: World, name: str) -> str:
    """The code by which the release of the stage case knows a special procedure."""
    release = world.person("监管员").get(f"/releases/{world.course.look()['release_id']}")
    return next(str(entry["code"]) for entry in release["special_procedures"] if entry["name"] == name)


def notices(world: World, who: str, kind: str) -> list[Any]:
    """What somebody has in the inbox about the stage case."""
    found = world.person(who).pages("/notices")
    return [entry for entry in found if entry["kind"] == kind and entry["stage_case_id"] == world.course.id]


def reminders(world: World, who: str, **of: Any) -> list[Any]:
    """The reminders of the stage case, as somebody sees them."""
    return list(world.person(who).pages("/reminders", **{"stage_case_id": world.course.id, **of}))


@given(parsers.re("过了(?P<days>[0-9]+)天$"))
@when(parsers.re("过了(?P<days>[0-9]+)天$"))
def days_pass(world: World, days: str) -> None:
    world.pass_time(int(days))


@given(parsers.re(WHO + "记下“(?P<item>[^”]+)”的剩余时限$"))
def notes_remaining(world: World, who: str, item: str) -> None:
    world.notes[f"clock {item}"] = clock_of(world, who, item)
    world.notes[f"tasks {item}"] = [task["id"] for task in world.course.waiting() if of_item(code(world, item))(task)]


def code(world: World, item: str) -> str:
    """The code of the item that the scenario calls by its name."""
    return world.course.code(item)


@given(parsers.re(WHO + "选定特殊环节“(?P<name>[^”]+)”挂起“(?P<item>[^”]+)”$"))
@when(parsers.re(WHO + "选定特殊环节“(?P<name>[^”]+)”挂起“(?P<item>[^”]+)”$"))
def suspends_for(world: World, who: str, name: str, item: str) -> None:
    suspend(world, who, item, procedure=procedure_code(world, name))


@when(parsers.re(WHO + "要以地区包没有列出的环节挂起“(?P<item>[^”]+)”$"))
def wants_to_suspend_for_nothing(world: World, who: str, item: str) -> None:
    world.attempt(lambda: suspend(world, who, item, procedure="lunch"))


@given(parsers.re("另一项目“(?P<name>[^”]+)”的“(?P<item>[^”]+)”正在办理$"))
def another_project(world: World, name: str, item: str) -> None:
    course = start(world, "窗口人员", "window", name)
    bring(course, [item], "已经统一转办")
    course.press_on(lambda case: course.item(item)["accepted_at"], only=of_item(course.code(item)))
    world.notes["another"] = course


@when(parsers.re(WHO + "再提交“(?P<item>[^”]+)”作废以前的待办$"))
def decides_late(world: World, who: str, item: str) -> None:
    person = world.person(who)
    found = person.pages("/tasks", of="all", stage_case_id=world.course.id, status="cancelled")
    task = next(task for task in found if of_item(code(world, item))(task))
    world.attempt(lambda: desk.complete(person, task, decision="approve"))


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”因“(?P<name>[^”]+)”挂起$"))
def held_for(world: World, who: str, item: str, name: str) -> None:
    case = world.person(who).get(f"/item-cases/{world.course.item(item)['id']}")
    assert [entry["cause"] for entry in case["suspensions"] if entry["ended_at"] is None] == [name]
    assert progress(world, who, item)["suspended"]


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”是(?P<colour>[绿黄红灰])灯$"))
def has_colour(world: World, who: str, item: str, colour: str) -> None:
    assert clock_of(world, who, item)["color"] == COLOURS[colour]


@given(parsers.re(WHO + "看到“(?P<item>[^”]+)”是灰灯，剩余时限没有变$"))
@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”是灰灯，剩余时限没有变$"))
def stands_still(world: World, who: str, item: str) -> None:
    limit = clock_of(world, who, item)
    assert limit["color"] == "grey"
    assert same_remaining(world, item, limit)


def same_remaining(world: World, item: str, limit: Any) -> bool:
    """Whether as much is left as the scenario noted."""
    noted = world.notes[f"clock {item}"]["remaining"]
    assert 0 < noted <= 5
    return bool(limit["remaining"] == pytest.approx(noted, abs=MINUTES_OF_WORK))


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”的剩余时限没有变，比原来晚(?P<days>[0-9]+)天到期$"))
def runs_on(world: World, who: str, item: str, days: str) -> None:
    limit = clock_of(world, who, item)
    assert same_remaining(world, item, limit)
    before = moment(world.notes[f"clock {item}"]["due_at"])
    assert limit["color"] != "grey"
    later = moment(limit["due_at"]) - before - timedelta(days=int(days))
    assert -A_WHILE < later < NIGHT + A_WHILE, "到期时间应当顺延；过了下班时间的一瞬算到次日上班"


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”回到挂起前的环节$"))
def back_at_the_step(world: World, who: str, item: str) -> None:
    found = world.person(who).pages("/tasks", of="all", status="open", stage_case_id=world.course.id)
    assert [task["id"] for task in found if of_item(code(world, item))(task)] == world.notes[f"tasks {item}"]
    assert world.course.offered(*DECIDE, item=item)


@then(parsers.re(WHO + "收到“(?P<item>[^”]+)”的(?P<colour>[黄红])灯通知$"))
def told_of_colour(world: World, who: str, item: str, colour: str) -> None:
    case = world.course.item(item)["id"]

    def told() -> bool:
        found = [entry for entry in notices(world, who, "light") if entry["item_case_id"] == case]
        return any(entry["title"].startswith(f"{colour}灯") for entry in found)

    wait_until(told, f"通知“{item}”亮{colour}灯")


@then(parsers.re(WHO + "看到亮红灯的只是“(?P<item>[^”]+)”的特殊环节$"))
def only_the_procedure_is_late(world: World, who: str, item: str) -> None:
    limits = progress(world, who, item)["limits"]
    assert {limit["kind"] for limit in limits if limit["color"] == "red"} == {OWN_LIMIT}
    stands_still(world, who, item)


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”没有被催办$"))
def not_reminded(world: World, who: str, item: str) -> None:
    tasks = {task["id"] for task in world.course.waiting() if of_item(code(world, item))(task)}
    assert tasks
    assert not [entry for entry in reminders(world, who) if entry["work_item_id"] in tasks]


@then(parsers.re(WHO + "看到阶段冻结$"))
def stage_is_frozen(world: World, who: str) -> None:
    case = world.course.look(world.person(who))
    assert (case["status"], case["progress"]["suspended"]) == ("open", True)


@then(parsers.re(WHO + "看到阶段已经作废，“(?P<item>[^”]+)”已经终止$"))
def stage_is_void(world: World, who: str, item: str) -> None:
    person = world.person(who)
    assert world.course.look(person)["status"] == "void"
    case = world.course.item(item, person)
    assert (bool(case["ended_at"]), bool(case["end_reason"]), case["result_number"]) == (True, True, None)


@then(parsers.re(WHO + "收到阶段作废的通知$"))
def told_of_the_end(world: World, who: str) -> None:
    wait_until(lambda: bool(notices(world, who, "stage_void")), "通知申报单位本阶段已作废")


@then(parsers.re(WHO + "看到另一项目的“(?P<item>[^”]+)”被催办$"))
def the_other_is_reminded(world: World, who: str, item: str) -> None:
    other = world.notes["another"]
    tasks = {task["id"] for task in other.waiting() if of_item(other.code(item))(task)}

    def reminded() -> bool:
        return bool(tasks & {entry["work_item_id"] for entry in reminders(world, who, stage_case_id=other.id)})

    wait_until(reminded, f"催办另一项目的“{item}”")


@then(parsers.re(WHO + "看到作废的阶段没有待办，没有计时，也没有催办$"))
def nothing_runs(world: World, who: str) -> None:
    person = world.person(who)
    standing = person.get(f"/stage-cases/{world.course.id}/progress")
    assert world.course.look(person)["status"] == "void"
    assert not list(person.pages("/tasks", of="all", status="open", stage_case_id=world.course.id))
    assert not [*standing["limits"], *(limit for entry in standing["items"] for limit in entry["limits"])]
    assert not reminders(world, who)
