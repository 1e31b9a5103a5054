"""Sentences on planning: what the departments are asked and answer, the final planning, the one report."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when

from features.steps import desk
from features.steps.cast import WHO
from features.steps.clock import wait_until
from features.steps.course import Course
from features.steps.desk import ZONE, Task
from features.steps.limits import notices
from features.steps.stages import LADDER, planned, quoted, requiring
from features.steps.world import World

CONCLUSIONS = {"需要审批": "required", "无需审批": "not_required", "部门转办": "transferred"}
SORTS = {"合法性": "legality", "合规性": "compliance", "可行性": "feasibility"}
ANOTHER = "北镇市住房和城乡建设局"
CLOSING = time(17, 30)
Person = Any


def opinion_task(world: World, title: str, item: str) -> tuple[Person, Task]:
    """The person and the task that asks for an opinion on the item; raises ``NotOffered``."""
    person = world.person(title)
    return person, world.course.find("legality", item=item, person=person)


def answer(world: World, title: str, item: str, **wishes: Any) -> None:
    """Somebody answers the planning of an item; the refusal, if any, is kept."""

    def act() -> None:
        person, task = opinion_task(world, title, item)
        world.course.complete(person, task, **wishes)

    world.attempt(act)


def opinions(world: World, item: str, title: str = "监管员") -> list[Any]:
    """What was answered about an item, round by round, as somebody sees it."""
    found = world.course.look(world.person(title))["opinions"]
    return [entry for entry in found if entry["item_code"] == world.course.code(item)]


@given(parsers.re(WHO + "对“(?P<item>[^”]+)”出具合法性、合规性、可行性意见，回复(?P<what>需要审批|无需审批)$"))
@when(parsers.re(WHO + "对“(?P<item>[^”]+)”出具合法性、合规性、可行性意见，回复(?P<what>需要审批|无需审批)$"))
def answers_in_full(world: World, who: str, item: str, what: str) -> None:
    answer(world, who, item, conclusion=CONCLUSIONS[what], legality="met", compliance="met", feasibility="met")
    assert world.refusal is None, world.refusal


@when(parsers.re(WHO + "对“(?P<item>[^”]+)”回复(?P<what>需要审批|无需审批|部门转办)$"))
def answers(world: World, who: str, item: str, what: str) -> None:
    answer(world, who, item, conclusion=CONCLUSIONS[what], transferred_to=world.cast.organisation(ANOTHER))
    assert world.refusal is None, world.refusal


@when(parsers.re(WHO + "对“(?P<item>[^”]+)”回复暂缓审批$"))
def answers_something_else(world: World, who: str, item: str) -> None:
    answer(world, who, item, conclusion="postponed")


@when(parsers.re(WHO + "对“(?P<item>[^”]+)”回复部门转办，不指明转给哪个部门$"))
def transfers_to_nobody(world: World, who: str, item: str) -> None:
    answer(world, who, item, conclusion="transferred", transferred_to=None)


@when(parsers.re(WHO + "回复“(?P<item>[^”]+)”需要审批，但不出具(?P<sort>合法性|合规性|可行性)意见$"))
def answers_without_an_opinion(world: World, who: str, item: str, sort: str) -> None:
    answer(world, who, item, conclusion="required", **{SORTS[sort]: None})


@given(parsers.re(WHO + "把“(?P<item>[^”]+)”转给(?P<department>[^“]+)$"))
@when(parsers.re(WHO + "把“(?P<item>[^”]+)”转给(?P<department>[^“]+)$"))
def transfers(world: World, who: str, item: str, department: str) -> None:
    to = world.cast.organisation(department)
    answer(world, who, item, conclusion="transferred", transferred_to=to)


@given("除体育局以外的部门都已回复无需审批")
def all_but_one_answered(world: World) -> None:
    course, sports = world.course, world.person("体育局经办人").organisation
    others = requiring(course, [])

    def silent(task: Task) -> bool:
        return bool(task["organisation_id"] != sports and course.asks(task, "legality"))

    course.press_on(lambda case: not any(silent(task) for task in course.waiting()), others, silent)


@when("又过了一个星期，体育局仍没有回复")
def a_week_passes(world: World) -> None:
    world.pass_time(7)


@given("没有部门回复")
def nobody_answers(world: World) -> None:
    assert world.course.look()["opinions"] == []


@when(parsers.re(WHO + "接收项目基本信息，选择流程图“(?P<name>[^”]+)”$"))
def receives_application(world: World, who: str, name: str) -> None:
    person = world.person(who)
    task = world.course.find("process_type", person=person)
    offered = person.get(f"/tasks/{task['id']}")["choices"]["process_types"]
    chosen = next(choice["value"] for choice in offered if choice["label"] == name)
    world.course.complete(person, task, process_type=chosen)


@when(parsers.re(WHO + "接收项目基本信息，不选择流程图$"))
def receives_without_choosing(world: World, who: str) -> None:
    person = world.person(who)
    task = world.course.find("process_type", person=person)
    world.attempt(lambda: world.course.complete(person, task, process_type=None))


def final_planning(world: World, who: str, item: str, **wishes: Any) -> None:
    """The lead department records the final planning of an item, as far as it may."""

    def act() -> None:
        person = world.person(who)
        task = world.course.find("attendees", item=item, person=person)
        whole = {
            "conclusion": "required",
            "reason": "线下审核一致同意",
            "minutes": "三部门线下审核，一致同意",
            **wishes,
        }
        world.course.complete(person, task, **whole)

    world.attempt(act)


@when(
    parsers.re(
        WHO
        + "对“(?P<item>[^”]+)”录入最终策划，由(?P<department>[^“，]+)办理，参加审核的有(?P<one>[^“]+)、(?P<two>[^“]+)$"
    )
)
def plans_finally(world: World, who: str, item: str, department: str, one: str, two: str) -> None:
    attendees = [world.cast.organisation(one), world.cast.organisation(two)]
    final_planning(world, who, item, department=world.cast.organisation(department), attendees=attendees)
    assert world.refusal is None, world.refusal
    world.notes["attendees"] = attendees


@when(parsers.re(WHO + "对“(?P<item>[^”]+)”录入最终策划，没有审核记录$"))
def plans_finally_without_minutes(world: World, who: str, item: str) -> None:
    final_planning(world, who, item, files=[])


@when(parsers.re(WHO + "对“(?P<item>[^”]+)”录入最终策划，结论写部门转办$"))
def plans_finally_by_transfer(world: World, who: str, item: str) -> None:
    final_planning(world, who, item, conclusion="transferred")


def issue(world: World, who: str, **wishes: Any) -> None:
    """The lead department issues the report."""
    person = world.person(who)
    world.course.complete(person, world.course.find("delivery", person=person), **wishes)


@when(parsers.re(WHO + "通过系统出具策划报告$"))
def issues_report(world: World, who: str) -> None:
    issue(world, who, delivery="system")


@when(parsers.re(WHO + "打印送达策划报告，签收人是(?P<receiver>.+)$"))
def issues_printed_report(world: World, who: str, receiver: str) -> None:
    issue(world, who, delivery="printed", receiver=receiver)


@when(parsers.re(WHO + "要打印送达策划报告，签收人是(?P<receiver>.+)$"))
def wants_to_print_the_report(world: World, who: str, receiver: str) -> None:
    world.attempt(lambda: issue(world, who, delivery="printed", receiver=receiver))


@when(parsers.re(WHO + "要出具策划报告$"))
def wants_to_issue(world: World, who: str) -> None:
    world.attempt(lambda: issue(world, who))


@when(parsers.re(WHO + "再出具一次策划报告$"))
def issues_again(world: World, who: str) -> None:
    person = world.person(who)
    done = list(person.pages("/tasks", of="done", stage_case_id=world.course.id))
    issued = next(task for task in done if world.course.asks(task, "delivery"))
    world.attempt(lambda: world.course.complete(person, issued))
    assert world.refusal is not None, "第二份策划报告没有被拒绝"


@when("该项目已经统一转办，其余事项都无需审批")
def dispatched_without_the_rest(world: World) -> None:
    course = world.course
    course.press_on(lambda case: LADDER["已经统一转办"](course, case), requiring(course, []))


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”的策划意见是(?P<what>需要审批|无需审批)，三类初步意见俱全$"))
def opinion_is_whole(world: World, who: str, item: str, what: str) -> None:
    given = opinions(world, item, who)[-1]
    assert given["conclusion"] == CONCLUSIONS[what]
    assert all(given["opinion"][sort] for sort in SORTS.values())


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”还没有策划意见$"))
def no_opinion(world: World, who: str, item: str) -> None:
    assert opinions(world, item, who) == []


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”的第一轮策划意见是(?P<what>.+)$"))
def first_opinion(world: World, who: str, item: str, what: str) -> None:
    assert [entry["conclusion"] for entry in opinions(world, item, who)] == [CONCLUSIONS[what]]


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”还没有结论$"))
def no_conclusion(world: World, who: str, item: str) -> None:
    given = opinions(world, item, who)
    assert all(entry["conclusion"] == "transferred" for entry in given)
    assert not planned(world.course, world.course.look())


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”的结论仍是(?P<what>.+)，没有再问$"))
def conclusion_stays(world: World, who: str, item: str, what: str) -> None:
    assert [entry["conclusion"] for entry in opinions(world, item, who)] == [CONCLUSIONS[what]]
    assert not world.course.offered("legality", item=item)


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”最终策划(?P<what>.+)，参加部门和审核记录都有登记$"))
def final_planning_is_seen(world: World, who: str, item: str, what: str) -> None:
    final = opinions(world, item, who)[-1]
    assert final["conclusion"] == CONCLUSIONS[what]
    assert set(final["opinion"]["attendees"]) == set(world.notes["attendees"])
    assert desk.minutes_of(world.person(who), final["opinion"])
    assert not world.course.offered("conclusion", item=item)


@given(parsers.re(WHO + "还没有“(?P<item>[^”]+)”的策划意见要回复$"))
@then(parsers.re(WHO + "还没有“(?P<item>[^”]+)”的策划意见要回复$"))
def not_asked(world: World, who: str, item: str) -> None:
    assert not world.course.offered("legality", item=item, person=world.person(who))


@then(parsers.re(WHO + "可以回复“(?P<item>[^”]+)”的策划意见$"))
def is_asked(world: World, who: str, item: str) -> None:
    assert world.course.offered("legality", item=item, person=world.person(who))


@then(parsers.re(WHO + "要回复策划意见的只有“(?P<item>[^”]+)”$"))
def asked_about_one(world: World, who: str, item: str) -> None:
    waiting = desk.tasks(world.person(who), world.course.id)
    assert [task["item_code"] for task in waiting] == [world.course.code(item)]
    assert world.course.asks(waiting[0], "legality")


@then(parsers.re(WHO + "没有“(?P<item>[^”]+)”要办$"))
def nothing_about(world: World, who: str, item: str) -> None:
    waiting = desk.tasks(world.person(who), world.course.id)
    assert world.course.code(item) not in {task["item_code"] for task in waiting}


@then(parsers.re(WHO + "可以对“(?P<item>[^”]+)”录入最终策划$"))
def may_plan_finally(world: World, who: str, item: str) -> None:
    def offered() -> bool:
        return world.course.offered("attendees", item=item, person=world.person(who))

    wait_until(offered, "逾期未回复的转最终策划")


@then(parsers.re(WHO + "看到自然资源局要在次一工作日下班以前回复“(?P<item>[^”]+)”$"))
def due_next_working_day(world: World, who: str, item: str) -> None:
    task = next(task for task in world.course.waiting() if is_opinion_on(world.course, task, item))
    opened = datetime.fromisoformat(task["opened_at"]).astimezone(ZONE)
    due = datetime.fromisoformat(task["due_at"]).astimezone(ZONE)
    assert due == datetime.combine(next_working_day(opened.date()), CLOSING, ZONE)


def is_opinion_on(course: Course, task: Task, item: str) -> bool:
    """Whether a task asks for the opinion on an item."""
    return bool(task["item_code"] == course.code(item)) and course.asks(task, "legality")


def next_working_day(day: date) -> date:
    """The next day from Monday to Friday: the weeks of the scenarios have no holiday."""
    day += timedelta(days=1)
    return day if day.weekday() < 5 else next_working_day(day)


@then(parsers.re(WHO + "看到一份策划报告，全部候选事项都有结论，需要审批的是(?P<items>.+)$"))
def one_whole_report(world: World, who: str, items: str) -> None:
    course = world.course
    (report,) = course.look(world.person(who))["reports"]
    concluded = {entry["code"]: entry["conclusion"] for entry in report["content"]["items"]}
    assert concluded.keys() == set(course.names.values())
    required = {code for code, conclusion in concluded.items() if conclusion == "required"}
    assert required == {course.code(name) for name in quoted(items)}
    assert set(concluded.values()) <= {"required", "not_required"}


@then(parsers.re(WHO + "收到一次策划报告已出具的通知$"))
def told_of_the_report(world: World, who: str) -> None:
    wait_until(lambda: bool(notices(world, who, "planning_report")), f"通知{who}策划报告已出具")
    assert len(notices(world, who, "planning_report")) == 1


@then(parsers.re(WHO + "下载到编了号的策划报告$"))
def downloads_the_report(world: World, who: str) -> None:
    person = world.person(who)
    documents = person.get(f"/stage-cases/{world.course.id}/documents")["entries"]
    (report,) = [entry for entry in documents if entry["kind"] == "planning_report"]
    assert report["number"]
    assert person.download(f"/documents/{report['id']}/content").startswith(b"%PDF")


@then(parsers.re(WHO + "还没有看到策划报告$"))
def no_report(world: World, who: str) -> None:
    assert world.course.look(world.person(who))["reports"] == []


@then(parsers.re(WHO + "看到的策划报告仍只有一份$"))
def still_one_report(world: World, who: str) -> None:
    assert len(world.course.look(world.person(who))["reports"]) == 1


@then(parsers.re(WHO + "看到策划报告打印送达，签收人(?P<receiver>.+)$"))
def printed_report(world: World, who: str, receiver: str) -> None:
    (report,) = world.course.look(world.person(who))["reports"]
    assert (report["content"]["delivery"], report["content"]["receiver"]) == ("printed", receiver)


@then(parsers.re(WHO + "看到该项目的流程图是“(?P<name>[^”]+)”$"))
def diagram_is_seen(world: World, who: str, name: str) -> None:
    person = world.person(who)
    case = world.course.look(person)
    types = person.get(f"/releases/{case['release_id']}")["process_types"]
    assert next(entry["name"] for entry in types if entry["code"] == case["process_type"]) == name


@then(parsers.re(WHO + "查到项目“(?P<name>[^”]+)”，登记人录入的基本信息都在$"))
def project_is_found(world: World, who: str, name: str) -> None:
    project = world.person(who).get(f"/projects/{world.projects[name]['id']}")
    assert project["name"] == name
    assert project["credit_code"] == world.cast.applicant_code
    assert all(project[part] for part in ("code", "address", "scale", "registered_at"))


@then(parsers.re("提交被拒绝，指出要填写“(?P<label>[^”]+)”$"))
def refused_for_a_field(world: World, label: str) -> None:
    assert world.refusal is not None, world.missing or "提交没有被拒绝"
    assert world.refusal.status == 422
    wrong = {error["field"].rsplit("/", 1)[-1] for error in world.refusal.problem["errors"]}
    assert wrong & keys_of(world.course, label), f"{world.refusal.problem['errors']} 没有指出“{label}”"


def keys_of(course: Course, label: str) -> set[str]:
    """The keys of the fields whose label says it in the forms that the scenario has met."""
    return {each.key for form in course.forms.values() for each in form.fields if label in each.label}


@then(parsers.re("没有(?P<step>.+)这一步可办$"))
def not_offered(world: World, step: str) -> None:
    assert world.missing is not None, f"{step}竟然可办，或者已经办了"
