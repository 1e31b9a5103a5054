"""Sentences on the final confirmation of the departments and on the dispatch of all items at once."""

from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, then, when

from features.steps import desk
from features.steps.cast import WHO
from features.steps.course import NotOffered, Stuck
from features.steps.desk import Task
from features.steps.stages import quoted
from features.steps.world import World

CONFIRM = ("result", "problem")


def confirm(world: World, who: str, **wishes: Any) -> None:
    """Somebody confirms for a department."""
    person = world.person(who)
    world.course.complete(person, world.course.find(*CONFIRM, person=person), **wishes)


def dispatch_task(world: World, who: str) -> Task:
    """The task that dispatches: the lead's, after the confirmations; raises ``NotOffered``."""
    person = world.person(who)
    case = world.course.look()
    for task in desk.tasks(person, world.course.id):
        asked = any(world.course.asks(task, key) for key in ("delivery", "attendees", "process_type"))
        if case["received_at"] and not case["dispatched_at"] and task["role"] == "lead_officer" and not asked:
            return task
    raise NotOffered(f"{person.name}没有统一转办的待办")


def dispatch(world: World, who: str) -> None:
    """The lead department dispatches; raises ``NotOffered`` when it may not."""
    course, task = world.course, dispatch_task(world, who)
    course.complete(world.person(who), task)
    try:
        course.press_on(lambda case: bool(case["dispatched_at"]), only=lambda task: task["role"] == "lead_officer")
    except Stuck as stuck:
        raise NotOffered(str(stuck)) from stuck


@given(parsers.re(WHO + "最后确认没有问题$"))
@when(parsers.re(WHO + "最后确认没有问题$"))
def confirms(world: World, who: str) -> None:
    confirm(world, who, result="confirmed")


@given(parsers.re(WHO + "最后确认提出问题“(?P<problem>[^”]+)”$"))
def sees_a_problem(world: World, who: str, problem: str) -> None:
    confirm(world, who, result="problem", problem=problem)


@when("牵头部门经办人登记联席会议，上传会议记录")
def holds_meeting(world: World) -> None:
    lead = world.person("牵头部门经办人")
    world.course.complete(lead, world.course.find("minutes", person=lead))


@when("牵头部门经办人登记联席会议，没有会议记录")
def holds_meeting_without_minutes(world: World) -> None:
    lead = world.person("牵头部门经办人")
    task = world.course.find("minutes", person=lead)
    world.attempt(lambda: world.course.complete(lead, task, files=[]))


@when(parsers.re(WHO + "统一转办$"))
def dispatches(world: World, who: str) -> None:
    dispatch(world, who)


@when(parsers.re(WHO + "要统一转办$"))
def wants_to_dispatch(world: World, who: str) -> None:
    world.attempt(lambda: dispatch(world, who))


@when(parsers.re(WHO + "转办，另加“(?P<item>[^”]+)”$"))
def dispatches_more(world: World, who: str, item: str) -> None:
    person, task = world.person(who), dispatch_task(world, who)
    values = {**desk.values_for(person.get(f"/tasks/{task['id']}"), {}), "items": [world.course.code(item)]}
    world.attempt(lambda: desk.send(person, task, values))


@then(parsers.re(WHO + "看到转办的正是(?P<items>“.+”)$"))
def dispatched_exactly(world: World, who: str, items: str) -> None:
    found = [entry["name"] for entry in world.course.look(world.person(who))["items"]]
    assert sorted(found) == sorted(quoted(items))


@then(parsers.re(WHO + "看到一个事项都没有转办$"))
def nothing_dispatched(world: World, who: str) -> None:
    case = world.course.look(world.person(who))
    assert (case["items"], case["dispatched_at"]) == ([], None)


@then(parsers.re(WHO + "看到全部事项是同一时刻转办的$"))
def dispatched_at_once(world: World, who: str) -> None:
    case = world.course.look(world.person(who))
    assert {entry["opened_at"] for entry in case["items"]} == {case["dispatched_at"]}
    assert len(case["items"]) > 1


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”由(?P<department>.+)办理$"))
def handled_by(world: World, who: str, item: str, department: str) -> None:
    assert world.course.item(item, world.person(who))["department_name"] == department


@then(parsers.re(WHO + "有“(?P<item>[^”]+)”要办$"))
def has_item(world: World, who: str, item: str) -> None:
    waiting = desk.tasks(world.person(who), world.course.id)
    assert world.course.code(item) in {task["item_code"] for task in waiting}


@then(parsers.re(WHO + "可以最后确认$"))
def may_confirm(world: World, who: str) -> None:
    assert world.course.offered(*CONFIRM, person=world.person(who))


@then(parsers.re(WHO + "不能最后确认$"))
def may_not_confirm(world: World, who: str) -> None:
    assert not world.course.offered(*CONFIRM, person=world.person(who))


@then(parsers.re(WHO + "可以统一转办$"))
def may_dispatch(world: World, who: str) -> None:
    dispatch_task(world, who)


@then(parsers.re(WHO + "看到(?P<departments>[^“”]+)的确认结果，何时由谁确认$"))
def confirmations_are_seen(world: World, who: str, departments: str) -> None:
    done = [entry for entry in history(world, who) if entry["submission"].get("result") == "confirmed"]
    assert {entry["organisation_name"] for entry in done} == set(departments.split("、"))
    assert all(entry["closed_at"] and entry["closed_by_name"] for entry in done)


@then(parsers.re(WHO + "看到联席会议的会议记录$"))
def minutes_are_seen(world: World, who: str) -> None:
    (meeting,) = [entry for entry in history(world, who) if entry["submission"].get("held_on")]
    assert desk.minutes_of(world.person(who), meeting["submission"])


def history(world: World, who: str) -> list[Any]:
    """What was done in the stage case and filled in, as somebody reads it; the latest first."""
    entries = world.person(who).pages(f"/stage-cases/{world.course.id}/history")
    return [entry for entry in entries if entry["submission"]]
