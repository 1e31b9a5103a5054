"""Sentences on item cases: review, acceptance, correction, the decision, and what stands of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when

from features.steps import desk
from features.steps.cast import WHO
from features.steps.course import NotOffered, Stuck, of_item
from features.steps.desk import ZONE
from features.steps.stages import APPROVED
from features.steps.world import World

ACCEPTED, CORRECTING, CORRECTED, REFUSED = 3, 6, 7, 13
BASIS, SINCE_THEN = "《中华人民共和国文物保护法》第二十九条", "策划之后情况有变"
REVIEW, DECIDE = ("decision", "correction"), ("decision", "refuse")


def review(world: World, who: str, item: str, **wishes: Any) -> None:
    """A department reviews an item; raises ``NotOffered`` when it may not."""
    person = world.person(who)
    world.course.complete(person, world.course.find(*REVIEW, item=item, person=person), **wishes)


def accept(world: World, item: str) -> None:
    """Go on until the item is formally accepted; raises what kept it from being."""
    course, code = world.course, world.course.code(item)
    waiting = [task for task in course.waiting() if task["item_code"] == code]
    if not waiting or any(course.asks(task, "missing") for task in waiting):
        raise NotOffered(f"“{item}”没有可以受理的办件")
    try:
        course.press_on(lambda case: course.item(item)["accepted_at"], only=of_item(code))
    except Stuck as stuck:
        if stuck.refusals:
            raise stuck.refusals[-1] from None
        raise NotOffered(str(stuck)) from stuck


def decide(world: World, who: str, item: str, **wishes: Any) -> None:
    """A department decides an item; raises ``NotOffered`` when it may not."""
    person = world.person(who)
    world.course.complete(person, world.course.find(*DECIDE, item=item, person=person), **wishes)


def codes(world: World, item: str, who: str = "监管员") -> list[int]:
    """The status events of an item case, in order, as somebody sees them."""
    case = world.person(who).get(f"/item-cases/{world.course.item(item)['id']}")
    return [event["code"] for event in case["status_events"]]


@when(parsers.re(WHO + "审核“(?P<item>[^”]+)”，达到条件，正式受理$"))
def reviews_and_accepts(world: World, who: str, item: str) -> None:
    review(world, who, item, decision="accept")
    accept(world, item)


@when(parsers.re(WHO + "审核“(?P<item>[^”]+)”，达到条件，要正式受理$"))
def wants_to_accept(world: World, who: str, item: str) -> None:
    def act() -> None:
        review(world, who, item, decision="accept")
        accept(world, item)

    world.attempt(act)


@given(parsers.re(WHO + "审核“(?P<item>[^”]+)”，缺少“(?P<missing>[^”]+)”，通知补正$"))
@when(parsers.re(WHO + "审核“(?P<item>[^”]+)”，缺少“(?P<missing>[^”]+)”，通知补正$"))
def asks_for_correction(world: World, who: str, item: str, missing: str) -> None:
    review(world, who, item, decision="correction", missing=missing)
    world.notes["missing"] = missing


def correction_task(world: World, item: str) -> Any:
    """The task of the window that takes in what an item misses; raises ``NotOffered``."""
    window = world.person("窗口人员")
    for task in desk.tasks(window, world.course.id):
        if task["item_code"] == world.course.code(item):
            return task
    raise NotOffered(f"窗口没有“{item}”要补齐的材料")


@when(parsers.re("窗口人员补齐“(?P<item>[^”]+)”的材料$"))
def corrects(world: World, item: str) -> None:
    desk.complete(world.person("窗口人员"), correction_task(world, item))


@when(parsers.re(WHO + "准予“(?P<item>[^”]+)”，文号“(?P<number>[^”]+)”$"))
def approves(world: World, who: str, item: str, number: str) -> None:
    decide(world, who, item, decision="approve", result_number=number, result_title=f"关于{item}的批复")
    course = world.course
    course.press_on(lambda case: course.item(item)["ended_at"], only=of_item(course.code(item)))


@when(parsers.re(WHO + "要准予“(?P<item>[^”]+)”$"))
def wants_to_approve(world: World, who: str, item: str) -> None:
    world.attempt(lambda: decide(world, who, item, decision="approve"))


@given(parsers.re(WHO + "对“(?P<item>[^”]+)”不予审批，事由“(?P<reason>[^”]+)”$"))
@when(parsers.re(WHO + "对“(?P<item>[^”]+)”不予审批，事由“(?P<reason>[^”]+)”$"))
def refuses(world: World, who: str, item: str, reason: str) -> None:
    decide(world, who, item, decision="refuse", reason=reason, basis=BASIS, deviation=SINCE_THEN)


@when(parsers.re(WHO + "对“(?P<item>[^”]+)”不予审批，不填写(?P<label>事由|依据)$"))
def refuses_without(world: World, who: str, item: str, label: str) -> None:
    missing = {"事由": "reason", "依据": "basis"}[label]
    wishes = {"reason": "不符合规划", "basis": BASIS, "deviation": SINCE_THEN, missing: None}
    world.attempt(lambda: decide(world, who, item, decision="refuse", **wishes))


@when(parsers.re(WHO + "对“(?P<item>[^”]+)”不予审批，不写与策划意见相反的理由$"))
def refuses_against_opinion(world: World, who: str, item: str) -> None:
    wishes = {"reason": "不符合文物保护规划", "basis": BASIS, "deviation": None}
    world.attempt(lambda: decide(world, who, item, decision="refuse", **wishes))


@when(parsers.re(WHO + "对“(?P<item>[^”]+)”不予审批，写明与策划意见相反的理由“(?P<deviation>[^”]+)”$"))
def refuses_with_reason(world: World, who: str, item: str, deviation: str) -> None:
    decide(world, who, item, decision="refuse", reason="不符合文物保护规划", basis=BASIS, deviation=deviation)


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”不予审批，与策划意见相反的理由是“(?P<deviation>[^”]+)”$"))
def deviation_is_seen(world: World, who: str, item: str, deviation: str) -> None:
    case = world.person(who).get(f"/item-cases/{world.course.item(item)['id']}")
    assert (case["status"], case["outcome"]["deviation"]) == (REFUSED, deviation)


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”先受理后办结，文号“(?P<number>[^”]+)”$"))
def accepted_then_approved(world: World, who: str, item: str, number: str) -> None:
    seen = codes(world, item, who)
    assert seen.index(ACCEPTED) < seen.index(APPROVED)
    assert world.course.item(item, world.person(who))["result_number"] == number


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”是在规定的时限内办结的$"))
def approved_in_time(world: World, who: str, item: str) -> None:
    done = world.person(who).pages("/tasks", of="all", stage_case_id=world.course.id, status="done")
    limits = [task for task in done if task["item_code"] == world.course.code(item) and task["due_at"]]
    assert limits
    assert all(moment(task["closed_at"]) <= moment(task["due_at"]) for task in limits)


@given(parsers.re("“(?P<item>[^”]+)”走到(?P<step>审核|审批)$"))
def item_at_a_step(world: World, item: str, step: str) -> None:
    if step == "审批":
        course = world.course
        course.press_on(lambda case: course.item(item)["accepted_at"], only=of_item(course.code(item)))


@then(parsers.re(WHO + "办理“(?P<item>[^”]+)”时看到策划意见需要审批和三类初步意见$"))
def opinion_at_hand(world: World, who: str, item: str) -> None:
    person = world.person(who)
    task = next(task for task in desk.tasks(person, world.course.id) if task["item_code"] == world.course.code(item))
    opinion = person.get(f"/tasks/{task['id']}")["planning_opinion"]
    assert opinion["conclusion"] == "required"
    assert all(opinion["opinion"][sort] for sort in ("legality", "compliance", "feasibility"))


@given(parsers.re(WHO + "看到“(?P<item>[^”]+)”还没有开始计时$"))
def no_clock(world: World, who: str, item: str) -> None:
    assert not [task for task in tasks_of(world, item) if task["due_at"]]


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”自受理之日的次日起有(?P<days>[0-9]+)个工作日$"))
def clock_runs(world: World, who: str, item: str, days: str) -> None:
    (limit,) = [task for task in tasks_of(world, item) if task["due_at"]]
    accepted = moment(world.course.item(item, world.person(who))["accepted_at"]).date()
    due = moment(limit["due_at"])
    assert sum(is_working_day(accepted + timedelta(days=day)) for day in days_until(accepted, due)) == int(days)
    assert is_working_day(due.date())


def tasks_of(world: World, item: str) -> list[Any]:
    """What waits for somebody in an item."""
    return [task for task in world.course.waiting() if task["item_code"] == world.course.code(item)]


def days_until(first: date, due: datetime) -> range:
    """How many days after the first each counted day is: the first itself is not counted."""
    return range(1, (due.date() - first).days + 1)


def is_working_day(day: date) -> bool:
    """Monday to Friday: the weeks of the scenarios have no holiday."""
    return day.weekday() < 5


def moment(text: str) -> datetime:
    """An instant of the API in the time of the region."""
    return datetime.fromisoformat(text).astimezone(ZONE)


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”还没有受理，也没有办结$"))
def neither_accepted_nor_ended(world: World, who: str, item: str) -> None:
    case = world.course.item(item, world.person(who))
    assert (case["accepted_at"], case["ended_at"]) == (None, None)


@given(parsers.re(WHO + "看到项目“(?P<name>[^”]+)”的基本信息和“(?P<item>[^”]+)”的申报材料$"))
def facts_and_materials(world: World, who: str, name: str, item: str) -> None:
    person = world.person(who)
    project = person.get(f"/projects/{world.projects[name]['id']}")
    assert all(project[part] for part in ("code", "name", "address", "scale"))
    materials = world.course.look(person)["materials"]
    assert [entry for entry in materials if world.course.code(item) in entry["items"] and entry["status"] == "passed"]


@then(parsers.re("窗口人员收到“(?P<item>[^”]+)”要补齐的材料“(?P<missing>[^”]+)”$"))
def window_is_told(world: World, item: str, missing: str) -> None:
    correction_task(world, item)
    said = world.person("窗口人员").pages(f"/stage-cases/{world.course.id}/history")
    assert missing in [(entry["submission"] or {}).get("missing") for entry in said]


@then(parsers.re(WHO + "又要审核“(?P<item>[^”]+)”$"))
def reviews_again(world: World, who: str, item: str) -> None:
    assert world.course.offered(*REVIEW, item=item, person=world.person(who))


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”经过补正，还没有受理$"))
def corrected_not_accepted(world: World, who: str, item: str) -> None:
    seen = codes(world, item, who)
    assert seen.index(CORRECTING) < seen.index(CORRECTED)
    assert ACCEPTED not in seen


@then(parsers.re(WHO + "看到“(?P<done>[^”]+)”已经办结，“(?P<waiting>[^”]+)”仍在补正$"))
def one_goes_on(world: World, who: str, done: str, waiting: str) -> None:
    assert codes(world, done, who)[-1] == APPROVED
    assert codes(world, waiting, who)[-1] == CORRECTING


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”不予审批，事由“(?P<reason>[^”]+)”$"))
def refusal_is_seen(world: World, who: str, item: str, reason: str) -> None:
    case = world.course.item(item, world.person(who))
    assert (case["status"], case["end_reason"]) == (REFUSED, reason)


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”仍在办理$"))
def item_goes_on(world: World, who: str, item: str) -> None:
    case = world.course.item(item, world.person(who))
    assert case["ended_at"] is None
    assert case["accepted_at"]


@then(parsers.re(WHO + "看到阶段没有作废，也没有冻结$"))
def stage_goes_on(world: World, who: str) -> None:
    case = world.course.look(world.person(who))
    assert (case["status"], case["progress"]["suspended"]) == ("open", False)
