"""Sentences on intake: what is handed in, the formal review, and formal intake with its receipt."""

from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, then, when

from features.steps import desk
from features.steps.cast import WHO
from features.steps.course import NotOffered, Stuck, reviewed
from features.steps.desk import Task
from features.steps.stages import necessary
from features.steps.world import World

HAND_IN = "materials.status"
REVIEW = "materials.result"


def hand_in(world: World, who: str, rows: list[dict[str, Any]] | None = None) -> None:
    """Somebody hands materials in: all that are missing, or exactly these."""
    person = world.person(who)
    task = world.course.find(HAND_IN, person=person)
    world.course.complete(person, task, **({} if rows is None else {"materials": rows}))


def required(world: World) -> list[Any]:
    """The necessary materials that the applicant must bring."""
    materials = world.course.look()["materials"]
    return [entry for entry in materials if necessary(entry) and entry["status"] in ("missing", "returned")]


def one_of_them(world: World) -> Any:
    """The material that the scenario singled out, as it is now."""
    code = world.notes["material"]
    return next(entry for entry in world.course.look()["materials"] if entry["code"] == code)


def receive(world: World) -> None:
    """The window takes the last step of intake; raises ``NotOffered`` when it may not."""
    course, window = world.course, world.person("窗口人员")

    def at_the_window(task: Task) -> bool:
        held = course.cast.holder(task["organisation_id"], task["role"]) is window
        return held and not course.asks(task, HAND_IN) and not course.asks(task, REVIEW)

    try:
        course.press_on(lambda case: bool(case["received_at"]), only=at_the_window)
    except Stuck as stuck:
        raise NotOffered(str(stuck)) from stuck


@when(parsers.re(WHO + "要为该项目收取材料$"))
def wants_materials(world: World, who: str) -> None:
    world.attempt(lambda: hand_in(world, who))


@when(parsers.re("(?P<who>窗口人员|申报单位)上传全部材料$"))
def hands_in_everything(world: World, who: str) -> None:
    hand_in(world, who)


@when(parsers.re("(?P<who>窗口人员|申报单位)上传材料，但少一份必要材料$"))
def hands_in_all_but_one(world: World, who: str) -> None:
    first, *others = required(world)
    world.notes["material"] = first["code"]
    hand_in(world, who, desk.hand_in(world.person(who), others))


@when(parsers.re("(?P<who>窗口人员|申报单位)把一份必要材料填为不适用$"))
def claims_not_applicable(world: World, who: str) -> None:
    code = world.notes["material"] = required(world)[0]["code"]
    row = {"code": code, "status": "not_applicable", "reason": "没有这份材料"}
    world.attempt(lambda: hand_in(world, who, [row]))


def review(world: World, who: str, decision: str, returned: str | None = None) -> None:
    """The window reviews what was handed in: all in order, but for one material with this reason."""
    person = world.person(who)
    task = world.course.find(REVIEW, person=person)
    waiting = [entry for entry in world.course.look(person)["materials"] if entry["status"] == "submitted"]
    rows = [reviewed(material) for material in waiting]
    if returned is not None:
        bad = next(entry["code"] for entry in waiting if necessary(entry))
        world.notes["material"] = bad
        rows = [row if row["code"] != bad else {"code": bad, "result": "returned", "reason": returned} for row in rows]
    world.course.complete(person, task, decision=decision, materials=rows)


@when(parsers.re("(?P<who>窗口人员)形式审查，材料全部通过$"))
def passes_everything(world: World, who: str) -> None:
    review(world, who, "passed")


@when(parsers.re("(?P<who>窗口人员)形式审查，退回一份必要材料，理由是“(?P<reason>[^”]+)”$"))
def returns_one(world: World, who: str, reason: str) -> None:
    review(world, who, "returned", reason)


@when(parsers.re("(?P<who>窗口人员)形式审查，结论是整体通过$"))
def passes_all_the_same(world: World, who: str) -> None:
    world.attempt(lambda: review(world, who, "passed"))


@when(parsers.re("(?P<who>申报单位)要办理形式审查$"))
def reviews_himself(world: World, who: str) -> None:
    task = world.course.find(REVIEW)
    world.attempt(lambda: world.course.complete(world.person(who), task))


@when("窗口人员正式收件")
def receives(world: World) -> None:
    receive(world)


@when("窗口人员要正式收件")
def wants_to_receive(world: World) -> None:
    world.attempt(lambda: receive(world))


@then(parsers.re(WHO + "看到该项目没有材料清单，也没有收件凭证$"))
def nothing_taken_in(world: World, who: str) -> None:
    case = world.course.look(world.person(who))
    assert (case["materials"], case["receipt"], case["received_at"]) == ([], None, None)


@then(parsers.re(WHO + "看到收件凭证，全部必要材料都已收下$"))
def receipt_is_seen(world: World, who: str) -> None:
    person = world.person(who)
    case = world.course.look(person)
    assert case["receipt"]
    assert all(entry["status"] == "passed" for entry in case["materials"] if necessary(entry))
    documents = person.get(f"/stage-cases/{world.course.id}/documents")["entries"]
    assert [entry["title"] for entry in documents if entry["kind"] == "intake_receipt"]


@then(parsers.re(WHO + "还没有收件凭证$"))
def no_receipt(world: World, who: str) -> None:
    case = world.course.look(world.person(who))
    assert (case["receipt"], case["received_at"]) == (None, None)


@then(parsers.re(WHO + "看到这份材料退回，理由是“(?P<reason>[^”]+)”$"))
def returned_with_reason(world: World, who: str, reason: str) -> None:
    assert world.course.look(world.person(who))["materials"]
    assert (one_of_them(world)["status"], one_of_them(world)["reason"]) == ("returned", reason)


@then(parsers.re(WHO + "看到这份材料仍未提交$"))
def still_missing(world: World, who: str) -> None:
    materials = world.course.look(world.person(who))["materials"]
    assert next(entry for entry in materials if entry["code"] == world.notes["material"])["status"] == "missing"


@then(parsers.re(WHO + "看到全部材料仍待审查$"))
def still_submitted(world: World, who: str) -> None:
    materials = world.course.look(world.person(who))["materials"]
    assert {entry["status"] for entry in materials if necessary(entry)} == {"submitted"}


@given(parsers.re(WHO + "看到要上传的材料正是策划报告中需要审批的事项所要的$"))
def materials_of_the_report(world: World, who: str) -> None:
    case = world.course.look(world.person(who))
    concluded = case["reports"][-1]["content"]["items"]
    wanted = {entry["code"] for entry in concluded if entry["conclusion"] == "required"}
    assert {item for material in case["materials"] for item in material["items"]} == wanted


@then(parsers.re(WHO + "看到材料清单里没有重复的材料，共用的材料写明是哪几个事项要的$"))
def each_material_once(world: World, who: str) -> None:
    materials = world.course.look(world.person(who))["materials"]
    names = [entry["name"] for entry in materials]
    assert len(names) == len(set(names))
    assert max(len(entry["items"]) for entry in materials) > 1
