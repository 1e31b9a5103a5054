"""Sentences on who may do what, in which order: what others try, and what they are told."""

from __future__ import annotations

from uuid import uuid4

from pytest_bdd import parsers, then, when

from features.steps import desk
from features.steps.cast import WHO
from features.steps.dispatch import dispatch_task
from features.steps.handling import accept
from features.steps.intake import HAND_IN
from features.steps.registration import register
from features.steps.stages import PROCESS_TYPE, STAGE, engineering_of
from features.steps.world import World

LEAD = {"北镇市自然资源局", "北镇市自然资源局综合受理窗口"}


@when(parsers.re(WHO + "要为“(?P<name>[^”]+)”发起工程建设许可阶段的策划$"))
def wants_to_start(world: World, who: str, name: str) -> None:
    world.projects[name] = register(world, world.person("窗口人员"), name, code=world.cast.fresh_project_code())
    engineering = engineering_of(world, name)
    body = {"engineering_id": engineering, "stage": STAGE, "process_type": PROCESS_TYPE, "channel": "window"}
    world.attempt(lambda: world.person(who).post("/stage-cases", body))


@when(parsers.re(WHO + "要办理窗口收件$"))
def wants_to_take_in(world: World, who: str) -> None:
    task = world.course.find(HAND_IN)
    world.attempt(lambda: world.course.complete(world.person(who), task))


@when(parsers.re(WHO + "替牵头部门统一转办$"))
def dispatches_instead(world: World, who: str) -> None:
    task = dispatch_task(world, "牵头部门经办人")
    world.attempt(lambda: desk.send(world.person(who), task, {}))


@when(parsers.re(WHO + "替牵头部门阶段性办结$"))
def completes_instead(world: World, who: str) -> None:
    task = world.course.find("information")
    world.attempt(lambda: desk.send(world.person(who), task, {"information": "代为办结"}))


@when(parsers.re(WHO + "要单独受理“(?P<item>[^”]+)”$"))
def wants_to_accept_alone(world: World, who: str, item: str) -> None:
    world.attempt(lambda: accept(world, item))


@when(parsers.re(WHO + "对“(?P<item>[^”]+)”再回复一次无需审批$"))
def answers_again(world: World, who: str, item: str) -> None:
    person, code = world.person(who), world.course.code(item)
    done = person.pages("/tasks", of="done", stage_case_id=world.course.id)
    answered = next(task for task in done if task["item_code"] == code)
    world.attempt(lambda: world.course.complete(person, answered, conclusion="not_required"))


@when(parsers.re(WHO + "拿一个没有转办过的办件号要挂起$"))
def suspends_what_was_never_dispatched(world: World, who: str) -> None:
    grounds = {"procedure": "experts", "reason": "专家论证", "basis": "实施细则第六条"}
    world.attempt(lambda: world.person(who).post(f"/item-cases/{uuid4()}/suspension", grounds))


@when("窗口人员再提交一次已经办过的收件")
def takes_in_again(world: World) -> None:
    window = world.person("窗口人员")
    done = window.pages("/tasks", of="done", stage_case_id=world.course.id)
    taken = next(task for task in done if world.course.asks(task, HAND_IN))
    world.attempt(lambda: world.course.complete(window, taken, materials=[]))


@then(parsers.re(WHO + "看到“(?P<name>[^”]+)”没有阶段办理$"))
def no_stage_case(world: World, who: str, name: str) -> None:
    assert list(world.person(who).pages("/stage-cases", project_id=world.projects[name]["id"])) == []


@then(parsers.re(WHO + "看到还没有收下任何材料$"))
def nothing_handed_in(world: World, who: str) -> None:
    statuses = {entry["status"] for entry in world.course.look(world.person(who))["materials"]}
    assert statuses <= {"missing", "not_applicable"}


@then(parsers.re(WHO + "看到策划发起、正式收件、统一转办、阶段性办结都是牵头部门及其窗口的人员办的$"))
def done_by_the_lead(world: World, who: str) -> None:
    case = world.course.look(world.person(who))
    done = list(world.person(who).pages(f"/stage-cases/{world.course.id}/history"))
    for instant in (case["received_at"], case["dispatched_at"], case["completed_at"]):
        assert {entry["organisation_name"] for entry in done if entry["closed_at"] == instant} <= LEAD
        assert [entry for entry in done if entry["closed_at"] == instant]


@then("操作被拒绝")
def refused(world: World) -> None:
    assert world.refusal is not None, world.missing or "操作没有被拒绝"
    assert world.refusal.message


@then(parsers.re("操作被拒绝，说明中有“(?P<words>[^”]+)”$"))
def refused_saying(world: World, words: str) -> None:
    assert world.refusal is not None, world.missing or "操作没有被拒绝"
    assert words in world.refusal.message


@then("操作被拒绝，说明当前环节和由谁办理")
def refused_naming_the_present_step(world: World) -> None:
    assert world.refusal is not None, world.missing or "操作没有被拒绝"
    assert world.refusal.status == 409
    waiting = world.course.waiting()
    assert waiting
    named = [task for task in waiting if task["name"] in world.refusal.message]
    assert [task for task in named if task["organisation_name"] in world.refusal.message]
