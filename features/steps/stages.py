"""Sentences on a stage case that has come so far: as many steps as it takes, by whoever has to do them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pytest_bdd import given, parsers, when

from features.steps.course import Case, Course, of_item
from features.steps.desk import Task
from features.steps.person import Person
from features.steps.registration import register
from features.steps.world import World

STAGE_NAME = "工程建设许可"
PROCESS_TYPE, STAGE = "1", "2"
QUOTED = re.compile("“([^”]+)”")
APPROVED = 11


def quoted(text: str) -> list[str]:
    """The names between quotation marks, in order."""
    return QUOTED.findall(text)


def start(world: World, title: str, channel: str, name: str, process_type: str = PROCESS_TYPE) -> Course:
    """Somebody registers a project and starts its stage; the scenario speaks of this one from now on."""
    person = world.person(title)
    world.projects[name] = register(world, person, name, code=world.cast.fresh_project_code(), total_investment="4200")
    return start_stage(world, person, channel, name, process_type)


def start_stage(
    world: World, person: Person, channel: str, name: str, process_type: str = PROCESS_TYPE, stage: str = STAGE
) -> Course:
    """Somebody starts a stage of a registered project."""
    engineering = engineering_of(world, name)
    body = {"engineering_id": engineering, "stage": stage, "process_type": process_type, "channel": channel}
    world.cases[name] = person.post("/stage-cases", body)
    world.running = Course(world.cast, world.cases[name]["id"], item_names(world, process_type, stage))
    return world.running


def engineering_of(world: World, name: str) -> str:
    """The one engineering of a project."""
    found = world.person("监管员").pages("/engineerings", project_id=world.projects[name]["id"])
    return str(next(found)["id"])


def item_names(world: World, process_type: str, stage: str) -> Mapping[str, str]:
    """The candidate items of a stage by the names that the release in force gives them."""
    supervisor = world.person("监管员")
    release = next(supervisor.pages("/releases", region_code=world.cast.area))
    types = {entry["code"]: entry for entry in supervisor.get(f"/releases/{release['id']}")["process_types"]}
    stages = {entry["code"]: entry for entry in types[process_type]["stages"]}
    return {item["name"]: item["code"] for item in stages[stage]["items"]}


def planned(course: Course, case: Case) -> bool:
    """Every candidate has its conclusion, in whichever round."""
    last = {entry["item_code"]: entry["conclusion"] for entry in case["opinions"]}
    return last.keys() == set(course.names.values()) and "transferred" not in last.values()


def submitted(case: Case) -> bool:
    """Every necessary material is handed in."""
    materials = [entry for entry in case["materials"] if entry["necessity"] == "required"]
    return bool(materials) and all(entry["status"] in ("submitted", "passed") for entry in materials)


def passed(case: Case) -> bool:
    """Every material has passed the formal review, or need not."""
    return bool(case["materials"]) and all(
        entry["status"] in ("passed", "deferred", "not_applicable") for entry in case["materials"]
    )


def necessary(material: Mapping[str, Any]) -> bool:
    """Whether a material must be there."""
    return bool(material["necessity"] == "required")


def confirmed(course: Course, case: Case) -> bool:
    """Formally received, and no department is asked for its confirmation any more."""
    return bool(case["received_at"]) and not course.offered("result", "problem")


LADDER: dict[str, Callable[[Course, Case], bool]] = {
    "策划意见已经回复齐全": planned,
    "策划报告已经告知": lambda course, case: bool(case["reports"]),
    "材料已经提交": lambda course, case: submitted(case),
    "形式审查已经通过": lambda course, case: passed(case),
    "已经正式收件": lambda course, case: bool(case["received_at"]),
    "各部门已经最后确认": confirmed,
    "已经统一转办": lambda course, case: bool(case["dispatched_at"]),
}
"""How far a stage case can have come, in the order of the regulation."""
AS_FAR_AS = "|".join(LADDER)


def requiring(course: Course, names: list[str]) -> Callable[[Task], Mapping[str, Any]]:
    """What departments answer in planning: these items are required, all others are not."""
    codes = {course.code(name) for name in names}

    def wishes(task: Task) -> Mapping[str, Any]:
        if not course.asks(task, "legality"):
            return {"process_type": PROCESS_TYPE}
        return {"conclusion": "required" if task["item_code"] in codes else "not_required"}

    return wishes


def bring(course: Course, names: list[str], state: str) -> None:
    """Press on until the stage case, with only these items required, has come so far."""
    course.press_on(lambda case: LADDER[state](course, case), requiring(course, names))


@given(parsers.re("项目“(?P<name>[^”]+)”在窗口发起了工程建设许可阶段的策划$"))
@when(parsers.re("窗口人员为“(?P<name>[^”]+)”录入项目基本信息并发起工程建设许可阶段的策划$"))
def started_at_the_window(world: World, name: str) -> None:
    start(world, "窗口人员", "window", name)


@given(parsers.re("项目“(?P<name>[^”]+)”在网上申请了工程建设许可阶段的策划$"))
@when(parsers.re("申报单位在网上办事大厅为“(?P<name>[^”]+)”申请工程建设许可阶段的策划$"))
def started_online(world: World, name: str) -> None:
    start(world, "申报单位", "online", name)


@given(parsers.re(f"项目“(?P<name>[^”]+)”(?P<state>{AS_FAR_AS})，需要审批的是(?P<items>.+)$"))
def come_so_far(world: World, name: str, state: str, items: str) -> None:
    bring(start(world, "窗口人员", "window", name), quoted(items), state)


@given(parsers.re(f"网上申报的项目“(?P<name>[^”]+)”(?P<state>{AS_FAR_AS})，需要审批的是(?P<items>.+)$"))
def come_so_far_online(world: World, name: str, state: str, items: str) -> None:
    bring(start(world, "申报单位", "online", name), quoted(items), state)


@given(parsers.re(f"之后该项目(?P<state>{AS_FAR_AS})$"))
@when(parsers.re(f"该项目(?P<state>{AS_FAR_AS})$"))
def come_further(world: World, state: str) -> None:
    world.course.press_on(lambda case: LADDER[state](world.course, case))


@given(parsers.re("“(?P<item>[^”]+)”已经受理$"))
def item_accepted(world: World, item: str) -> None:
    world.course.press_on(lambda case: of(case, world.course.code(item))["accepted_at"], only=only(world, item))


@given(parsers.re("“(?P<item>[^”]+)”已经办结$"))
@when(parsers.re("“(?P<item>[^”]+)”已经办结$"))
def item_approved(world: World, item: str) -> None:
    world.course.press_on(
        lambda case: of(case, world.course.code(item))["status"] == APPROVED, approving, only(world, item)
    )


def approving(task: Task) -> Mapping[str, Any]:
    """The result document of an approval."""
    return {"result_number": f"锦北审〔2026〕{task['item_code']}号", "result_title": f"关于{task['item_name']}的批复"}


def only(world: World, item: str) -> Callable[[Task], bool]:
    """Only the tasks of an item."""
    return of_item(world.course.code(item))


def of(case: Case, code: str) -> Any:
    """The last item case of an item in a stage case."""
    found = [entry for entry in case["items"] if entry["item_code"] == code]
    return max(found, key=lambda entry: entry["attempt"])
