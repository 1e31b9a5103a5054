"""Sentences on registering projects, and on who finds them afterwards."""

from __future__ import annotations

import re
from typing import Any

from pytest_bdd import given, parsers, then, when

from database.connect import create_session_factory
from features.steps import desk
from features.steps.cast import WHO
from features.steps.person import Person
from features.steps.traces import files_that_contain, tables_that_contain
from features.steps.world import World
from launcher.system import Platform
from regulations import load_clauses

NATIONAL = re.compile(r"[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}")
PROCESS_TYPE, STAGE = "1", "2"


def register(world: World, person: Person, name: str, **more: Any) -> Any:
    """Send the registration of a project of the applicant's unit; with investment unless ``more`` says otherwise."""
    body = {
        "region_code": world.cast.area,
        "fixed_asset_investment": True,
        "name": name,
        "credit_code": world.cast.applicant_code,
        "address": "广宁街道",
        "scale": f"{name}的建设规模和内容",
    }
    return person.post("/projects", body | more)


@given("演示区正在运行")
def running(platform: Platform) -> None:
    """The platform is there for the whole run."""


@given(parsers.re(WHO + "登记了项目“(?P<name>[^”]+)”$"))
@when(parsers.re(WHO + "登记了项目“(?P<name>[^”]+)”$"))
def registered(world: World, who: str, name: str) -> None:
    world.projects[name] = register(world, world.person(who), name, code=world.cast.fresh_project_code())


@when(parsers.re(WHO + "用项目“(?P<name>[^”]+)”的代码再登记一个项目$"))
def register_the_same_code(world: World, who: str, name: str) -> None:
    world.attempt(lambda: register(world, world.person(who), f"{name}二期", code=world.projects[name]["code"]))


@when(parsers.re(WHO + "用项目代码“(?P<code>[^”]+)”登记项目“(?P<name>[^”]+)”$"))
def register_with_code(world: World, who: str, code: str, name: str) -> None:
    world.attempt(lambda: register(world, world.person(who), name, code=code))


@when(parsers.re(WHO + "登记没有项目代码的投资项目“(?P<name>[^”]+)”$"))
def register_without_code(world: World, who: str, name: str) -> None:
    world.attempt(lambda: register(world, world.person(who), name))


@when(parsers.re(WHO + "登记不涉及固定资产投资的项目“(?P<name>[^”]+)”$"))
def register_without_investment(world: World, who: str, name: str) -> None:
    world.projects[name] = register(world, world.person(who), name, fixed_asset_investment=False)


@when(parsers.re(WHO + "登记不涉及固定资产投资的项目“(?P<name>[^”]+)”，并自己填写代码$"))
def register_with_own_local_code(world: World, who: str, name: str) -> None:
    code = f"L{world.cast.area}-2026-000001"
    world.attempt(lambda: register(world, world.person(who), name, fixed_asset_investment=False, code=code))


@given(parsers.re(WHO + "登记涉密项目“(?P<name>[^”]+)”$"))
@when(parsers.re(WHO + "登记涉密项目“(?P<name>[^”]+)”$"))
def register_classified(world: World, who: str, name: str) -> None:
    world.attempt(
        lambda: register(world, world.person(who), name, code=world.cast.fresh_project_code(), classified=True)
    )


@when(parsers.re(WHO + "为项目“(?P<name>[^”]+)”发起工程建设许可阶段$"))
def start_stage(world: World, who: str, name: str) -> None:
    person = world.person(who)
    engineering = next(person.pages("/engineerings", project_id=world.projects[name]["id"]))
    body = {"engineering_id": engineering["id"], "stage": STAGE, "process_type": PROCESS_TYPE, "channel": "window"}
    world.cases[name] = person.post("/stage-cases", body)


@then(parsers.re("登记被拒绝，说明中有“(?P<words>[^”]+)”$"))
def refused_with_words(world: World, words: str) -> None:
    assert world.refusal is not None, "登记没有被拒绝"
    assert world.refusal.status in (409, 422)
    assert words in world.refusal.message


@then(parsers.re("拒绝引用了条文 (?P<clause>[a-z0-9-]+)$"))
def clause_is_quoted(world: World, clause: str) -> None:
    assert world.refusal is not None
    assert world.refusal.problem["clause"] == {"id": clause, "sentence": load_clauses()[clause].quote}


@then(parsers.re(WHO + "按项目“(?P<name>[^”]+)”的代码只查到这一个项目$"))
def found_by_code(world: World, who: str, name: str) -> None:
    found = list(world.person(who).pages("/projects", code=world.projects[name]["code"]))
    assert [(project["id"], project["name"]) for project in found] == [(world.projects[name]["id"], name)]


@then(parsers.re(WHO + "按名称查不到项目“(?P<name>[^”]+)”$"))
def not_found_by_name(world: World, who: str, name: str) -> None:
    assert list(world.person(who).pages("/projects", q=name)) == []


@then(parsers.re(WHO + "按名称查不到项目“(?P<name>[^”]+)”，只有“(?P<other>[^”]+)”$"))
def only_the_other_is_found(world: World, who: str, name: str, other: str) -> None:
    assert {project["name"] for project in world.person(who).pages("/projects", q=name)} == {other}


@then(parsers.re(WHO + "看到项目“(?P<name>[^”]+)”的代码是地方代码，与国家代码不会混淆$"))
def local_code_is_seen(world: World, who: str, name: str) -> None:
    project = world.person(who).get(f"/projects/{world.projects[name]['id']}")
    assert project["code_kind"] == "local"
    assert project["code"]
    assert NATIONAL.fullmatch(project["code"]) is None


@then(parsers.re(WHO + "的待办带着项目“(?P<name>[^”]+)”的代码$"))
def tasks_carry_code(world: World, who: str, name: str) -> None:
    waiting = desk.tasks(world.person(who), world.cases[name]["id"])
    assert waiting
    assert {task["project_code"] for task in waiting} == {world.projects[name]["code"]}


@then(parsers.re(WHO + "看到的阶段办理带着项目“(?P<name>[^”]+)”的代码$"))
def stage_case_carries_code(world: World, who: str, name: str) -> None:
    found = list(world.person(who).pages("/stage-cases", project_id=world.projects[name]["id"]))
    assert [case["project_code"] for case in found] == [world.projects[name]["code"]]


@then(parsers.re("数据库和数据目录里都没有“(?P<words>[^”]+)”$"))
def nothing_is_kept(world: World, platform: Platform, words: str) -> None:
    known = world.cast.organisation_of("监管员")
    sessions = create_session_factory(platform.settings.owner_url)
    try:
        with sessions() as session:
            assert tables_that_contain(session, words) == []
            assert tables_that_contain(session, known), "查找本身没有起作用"
        assert files_that_contain(platform.settings.data, words) == []
        assert files_that_contain(platform.settings.data, known), "查找本身没有起作用"
    finally:
        sessions.kw["bind"].dispose()
