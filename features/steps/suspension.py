"""Sentences on suspending and resuming item cases: by whom, with which words, and what it does to the others."""

from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, then, when

from features.steps.cast import WHO
from features.steps.handling import BASIS, DECIDE
from features.steps.world import World

SURVEY = "survey"
WORDS = {"事由": "reason", "依据": "basis", "特殊环节": "procedure"}


def suspend(world: World, who: str, item: str, **changed: Any) -> None:
    """Somebody suspends an item case for a survey, with everything that is asked, but for what is ``changed``."""
    body = {"procedure": SURVEY, "reason": "现场踏勘", "basis": BASIS} | changed
    sent = {name: value for name, value in body.items() if value is not None}
    world.person(who).post(f"/item-cases/{world.course.item(item)['id']}/suspension", sent)


def resume(world: World, who: str, item: str) -> None:
    """Somebody resumes an item case with the evidence that the procedure is over."""
    world.person(who).post(f"/item-cases/{world.course.item(item)['id']}/resumption", {"evidence": "现场踏勘记录"})


@given(parsers.re(WHO + "因踏勘挂起“(?P<item>[^”]+)”$"))
@when(parsers.re(WHO + "因踏勘挂起“(?P<item>[^”]+)”$"))
def suspends(world: World, who: str, item: str) -> None:
    suspend(world, who, item)


@when(parsers.re(WHO + "要因踏勘挂起“(?P<item>[^”]+)”$"))
def wants_to_suspend(world: World, who: str, item: str) -> None:
    world.attempt(lambda: suspend(world, who, item))


@when(parsers.re(WHO + "挂起“(?P<item>[^”]+)”，不填写(?P<label>事由|依据|特殊环节)$"))
def suspends_without(world: World, who: str, item: str, label: str) -> None:
    world.attempt(lambda: suspend(world, who, item, **{WORDS[label]: None}))


@given(parsers.re(WHO + "解挂“(?P<item>[^”]+)”$"))
@when(parsers.re(WHO + "解挂“(?P<item>[^”]+)”$"))
def resumes(world: World, who: str, item: str) -> None:
    resume(world, who, item)


@when(parsers.re(WHO + "先看挂起“(?P<item>[^”]+)”的后果$"))
def looks_ahead_at_suspension(world: World, who: str, item: str) -> None:
    path = f"/item-cases/{world.course.item(item)['id']}/consequences"
    world.notes["ahead"] = world.person(who).get(path, act="suspension", procedure=SURVEY)


@when(parsers.re(WHO + "先看对“(?P<item>[^”]+)”不予审批的后果$"))
def looks_ahead_at_refusal(world: World, who: str, item: str) -> None:
    person = world.person(who)
    task = world.course.find(*DECIDE, item=item, person=person)
    world.notes["ahead"] = person.get(f"/tasks/{task['id']}/consequences", decision="refuse")


def affected(world: World, how: str) -> set[str]:
    """The names of the items that the act would freeze, or end."""
    return {entry["name"] for entry in world.notes["ahead"][how]}


@then(parsers.re("说明的后果是“(?P<item>[^”]+)”也不能办理$"))
def would_freeze(world: World, item: str) -> None:
    assert item in affected(world, "items_frozen")


@then(parsers.re("说明的后果是本阶段作废，“(?P<item>[^”]+)”随之终止$"))
def would_void(world: World, item: str) -> None:
    assert world.notes["ahead"]["stage_status"] == "void"
    assert item in affected(world, "items_ended")


@then(parsers.re("说明的后果不涉及“(?P<item>[^”]+)”$"))
def would_not_touch(world: World, item: str) -> None:
    assert world.notes["ahead"]["stage_status"] == "open"
    assert item not in affected(world, "items_frozen") | affected(world, "items_ended")


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”没有挂起$"))
def not_suspended(world: World, who: str, item: str) -> None:
    holds = world.course.look(world.person(who))["holds"]
    assert world.course.item(item)["id"] not in {hold["item_case_id"] for hold in holds}


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”挂起，事由和依据都有登记$"))
def suspended_with_words(world: World, who: str, item: str) -> None:
    case = world.person(who).get(f"/item-cases/{world.course.item(item)['id']}")
    (found,) = [entry for entry in case["suspensions"] if entry["ended_at"] is None]
    assert all(found[part] for part in ("procedure", "cause", "reason", "basis"))


@then(parsers.re(WHO + "按(?P<department>[^“”]+)查到挂起(?P<times>[0-9]+)次，每次的起止时间都在$"))
def suspensions_of_a_department(world: World, who: str, department: str, times: str) -> None:
    person, organisation = world.person(who), world.cast.organisation(department)
    cases = person.pages("/item-cases", department_id=organisation)
    found = [entry for case in cases for entry in person.get(f"/item-cases/{case['id']}")["suspensions"]]
    assert len(found) == int(times)
    assert all(entry["started_at"] and entry["ended_at"] for entry in found)


@then(parsers.re("操作被拒绝，指出要填写(?P<label>事由|依据|特殊环节)$"))
def refused_for_a_word(world: World, label: str) -> None:
    assert world.refusal is not None, world.missing or "操作没有被拒绝"
    assert world.refusal.status == 422
    assert WORDS[label] in {error["field"].rsplit("/", 1)[-1] for error in world.refusal.problem["errors"]}
