"""Sentences on service windows: which may take in, and what a clerk checks and scans before."""

from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, then, when

from features.steps.cast import WHO
from features.steps.intake import hand_in, required
from features.steps.packs import put_in_force, setting
from features.steps.stages import PROCESS_TYPE, STAGE, bring, engineering_of, quoted, start
from features.steps.world import World
from launcher.system import Platform

OTHER_UNIT = "91210782MA0QCQ8H0X"
DIFFERENCES = {"项目名称": "/checked/name", "信用代码": "/checked/credit_code"}


@given("地区包设定任一综合窗口都可以发起和收件")
def any_window_may(platform: Platform) -> None:
    put_in_force(platform, {"pack.toml": (setting("windows", "any", "true"),)})


@given("地区包设定窗口核对一致后才能录入")
def windows_check(platform: Platform) -> None:
    put_in_force(platform, {"pack.toml": (setting("windows", "check", "true"),)})


@when(parsers.re(WHO + "收下项目“(?P<name>[^”]+)”，需要审批的(?P<items>.+)转办$"))
def takes_in_and_dispatches(world: World, who: str, name: str, items: str) -> None:
    bring(start(world, who, "window", name), quoted(items), "已经统一转办")


@then(parsers.re(WHO + "看到收件的是(?P<clerk>.+)的机构$"))
def taken_in_by(world: World, who: str, clerk: str) -> None:
    person = world.person(who)
    received = world.course.look(person)["received_at"]
    done = person.pages(f"/stage-cases/{world.course.id}/history")
    assert {entry["organisation_name"] for entry in done if entry["closed_at"] == received} == {
        world.cast.organisation_of(clerk)
    }


@when(parsers.re("窗口人员按项目“(?P<name>[^”]+)”的代码调取项目，与申报材料核对一致后发起工程建设许可阶段$"))
def checks_and_starts(world: World, name: str) -> None:
    found = fetched(world, name)
    start_checked(world, name, {"name": found["name"], "credit_code": found["credit_code"]})


@when(
    parsers.re(
        "窗口人员按申报材料为项目“(?P<name>[^”]+)”发起工程建设许可阶段，材料上的(?P<what>项目名称|信用代码)不同$"
    )
)
def starts_with_a_difference(world: World, name: str, what: str) -> None:
    found = fetched(world, name)
    paper = {"name": found["name"], "credit_code": found["credit_code"]}
    paper |= {"name": f"{name}二期"} if what == "项目名称" else {"credit_code": OTHER_UNIT}
    world.attempt(lambda: start_checked(world, name, paper))


@when(parsers.re("窗口人员没有核对就为项目“(?P<name>[^”]+)”发起工程建设许可阶段$"))
def starts_without_a_check(world: World, name: str) -> None:
    world.attempt(lambda: start_checked(world, name, None))


def fetched(world: World, name: str) -> dict[str, Any]:
    """The project as the clerk fetches it by its code."""
    [found] = world.person("窗口人员").pages("/projects", code=world.projects[name]["code"])
    return found


def start_checked(world: World, name: str, checked: dict[str, Any] | None) -> None:
    """The clerk starts the stage with what the paper application says."""
    engineering = engineering_of(world, name)
    body: dict[str, Any] = {"engineering_id": engineering, "stage": STAGE, "process_type": PROCESS_TYPE}
    body |= {"channel": "window"} if checked is None else {"channel": "window", "checked": checked}
    world.cases[name] = world.person("窗口人员").post("/stage-cases", body)


@then(parsers.re(WHO + "看不到项目“(?P<name>[^”]+)”的阶段办理$"))
def no_stage_case(world: World, who: str, name: str) -> None:
    assert list(world.person(who).pages("/stage-cases", project_id=world.projects[name]["id"])) == []


@then(parsers.re("录入被拒绝，只指出(?P<what>项目名称|信用代码)不一致，不写出项目“(?P<name>[^”]+)”登记的内容$"))
def refused_naming_the_difference(world: World, what: str, name: str) -> None:
    assert world.refusal is not None, "录入没有被拒绝"
    assert (world.refusal.status, world.refusal.problem["code"]) == (409, "project_differs")
    assert [error["field"] for error in world.refusal.problem["errors"]] == [DIFFERENCES[what]]
    said = str(world.refusal.problem)
    assert [text for text in (name, world.projects[name]["credit_code"]) if text in said] == []


@when("窗口人员收到一份必要的纸质材料，没有扫描上传")
def takes_paper_without_a_scan(world: World) -> None:
    code = world.notes["material"] = required(world)[0]["code"]
    world.attempt(lambda: hand_in(world, "窗口人员", [{"code": code, "status": "submitted"}]))
