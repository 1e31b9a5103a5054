"""Sentences on the end of a stage: its completion, and what the next stage takes over."""

from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, then, when

from features.steps.cast import WHO
from features.steps.stages import bring, quoted, start_stage
from features.steps.world import World

NEXT_STAGE, PROCESS_TYPE = "3", "1"


def complete_stage(world: World, who: str, **wishes: Any) -> None:
    """The lead department completes the stage; raises ``NotOffered`` when it may not."""
    person = world.person(who)
    world.course.complete(person, world.course.find("information", person=person), **wishes)


@given(parsers.re(WHO + "阶段性办结，上传办结信息“(?P<information>[^”]+)”$"))
@when(parsers.re(WHO + "阶段性办结，上传办结信息“(?P<information>[^”]+)”$"))
def completes(world: World, who: str, information: str) -> None:
    complete_stage(world, who, information=information)


@when(parsers.re(WHO + "要阶段性办结$"))
def wants_to_complete(world: World, who: str) -> None:
    world.attempt(lambda: complete_stage(world, who))


@when(parsers.re(WHO + "阶段性办结，不上传办结信息$"))
def completes_without_information(world: World, who: str) -> None:
    world.attempt(lambda: complete_stage(world, who, information=None))


@when(parsers.re("项目“(?P<name>[^”]+)”进入施工许可阶段收件，需要审批的是(?P<items>.+)$"))
def enters_next_stage(world: World, name: str, items: str) -> None:
    window = world.person("住建局窗口人员")
    course = start_stage(world, window, "window", name, PROCESS_TYPE, NEXT_STAGE)
    bring(course, quoted(items), "策划报告已经告知")


@then(parsers.re(WHO + "看到该阶段已经办结$"))
def stage_is_complete(world: World, who: str) -> None:
    case = world.course.look(world.person(who))
    assert case["status"] == "completed"
    assert case["completed_at"]


@then(parsers.re(WHO + "看到该阶段仍在办理$"))
def stage_is_open(world: World, who: str) -> None:
    case = world.course.look(world.person(who))
    assert (case["status"], case["completed_at"]) == ("open", None)


def stage_before(world: World, who: str) -> Any:
    """The completed stage that this one builds on, as somebody sees it here."""
    (before,) = world.course.look(world.person(who))["earlier"]
    return before


def result_before(world: World, who: str, item: str) -> Any:
    """The result of an item of the stage before, as somebody sees it here."""
    return next(entry for entry in stage_before(world, who)["results"] if entry["name"] == item)


@then(parsers.re(WHO + "看到上一阶段的办结信息“(?P<information>[^”]+)”$"))
def information_is_carried(world: World, who: str, information: str) -> None:
    assert stage_before(world, who)["completion"]["information"] == information


@then(parsers.re(WHO + "看不到任何上一阶段的办结信息$"))
def no_information_is_carried(world: World, who: str) -> None:
    assert world.course.look(world.person(who))["earlier"] == []


@then(parsers.re(WHO + "看到上一阶段“(?P<item>[^”]+)”的结果文号$"))
def result_is_carried(world: World, who: str, item: str) -> None:
    assert result_before(world, who, item)["result_number"]


@then(parsers.re(WHO + "打得开“(?P<item>[^”]+)”的结果文书$"))
def result_opens(world: World, who: str, item: str) -> None:
    person, number = world.person(who), result_before(world, who, item)["result_number"]
    material = next(entry for entry in world.course.look(person)["materials"] if entry["result_number"] == number)
    assert person.download(f"/documents/{material['result_document_id']}/content").startswith(b"%PDF")


@then(parsers.re(WHO + "看到下一阶段的材料里，“(?P<item>[^”]+)”的结果已经在档，不用再交$"))
def result_is_on_file(world: World, who: str, item: str) -> None:
    materials = world.course.look(world.person(who))["materials"]
    carried = [entry for entry in materials if entry["status"] == "passed"]
    wanted = item.replace("（含临时建设）", "").removesuffix("核发").rstrip("证")
    assert [entry for entry in carried if wanted in entry["name"]], materials
