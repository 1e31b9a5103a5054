"""Sentences on packs that time and light otherwise: thresholds, untimed procedures, more kinds of items."""

from __future__ import annotations

from datetime import timedelta

from pytest_bdd import given, parsers, then

from features.steps.cast import WHO
from features.steps.handling import moment
from features.steps.limits import OWN_LIMIT, progress, stands_still
from features.steps.packs import column, more_rows, put_in_force, setting
from features.steps.world import World
from launcher.system import Platform

UNTIMED = tuple(
    f"{code},{name},,no,"
    for code, name in (
        *(("assessment", "第三方评估"), ("review", "专家评审")),
        *(("visit", "现场勘查"), ("announcement", "结果公示")),
    )
)
COMMISSIONED = ("technical_review,部门委托的技术审查,5WD,no,", "own_agency,企业自行委托的中介服务,,no,")
MORE_ITEMS = tuple(f"1,2,{code},auxiliary,,,," for code in ("030", "044", "012"))


@given(parsers.re("地区包设定剩余(?P<days>[0-9]+)个工作日时亮黄灯$"))
def yellow_by_remaining(platform: Platform, days: str) -> None:
    changes = (setting("lights", "basis", '"remaining"'), setting("lights", "yellow", f'"{days}"'))
    put_in_force(platform, {"pack.toml": changes})


@given("地区包列明不计时的环节有第三方评估、专家评审、现场勘查、结果公示")
def untimed_procedures(platform: Platform) -> None:
    put_in_force(platform, {"special_procedures.csv": (more_rows(*UNTIMED),)})


@given("地区包列明部门委托的技术审查计时、企业自行委托的中介服务不计时")
def commissioned_procedures(platform: Platform) -> None:
    put_in_force(platform, {"special_procedures.csv": (more_rows(*COMMISSIONED),)})


@given("地区包把备案、施工图审查和报装也列入工程建设许可阶段")
def more_items(platform: Platform) -> None:
    """The housing department takes the drainage applications: the demonstration has people there."""
    changed = {
        "stage_items.csv": (more_rows(*MORE_ITEMS),),
        "items.csv": (column("排水纳网申请", "function", "housing"),),
    }
    put_in_force(platform, changed)


@given(parsers.re("地区包把“(?P<item>[^”]+)”列为不计时的事项$"))
def untimed_item(platform: Platform, item: str) -> None:
    """What is no licence may have no limit."""
    put_in_force(platform, {"items.csv": (column(item, "limit", "none"), column(item, "licensing", "no"))})


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”不计时，是灰灯，不会超期$"))
def never_late(world: World, who: str, item: str) -> None:
    found = progress(world, who, item)
    assert (found["untimed"], found["color"], found["limits"]) == (True, "grey", [])
    late = [*world.person(who).pages("/lights", color="red"), *world.person(who).pages("/lights", color="yellow")]
    assert world.course.item(item)["id"] not in {entry["item_case_id"] for entry in late}


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”的“(?P<name>[^”]+)”历时(?P<days>[0-9]+)天，起止时间都有记录$"))
def both_ends_are_kept(world: World, who: str, item: str, name: str, days: str) -> None:
    case = world.person(who).get(f"/item-cases/{world.course.item(item)['id']}")
    (found,) = case["suspensions"]
    assert found["cause"] == name
    lasted = moment(found["ended_at"]) - moment(found["started_at"])
    assert abs(lasted - timedelta(days=int(days))) < timedelta(hours=1)


@then(parsers.re(WHO + "在红灯看板上看到“(?P<item>[^”]+)”$"))
def on_the_red_board(world: World, who: str, item: str) -> None:
    board = world.person(who).pages("/lights", color="red")
    assert world.course.item(item)["id"] in {entry["item_case_id"] for entry in board}


@then(parsers.re(WHO + "看到阶段总时限在计时$"))
def stage_clock_runs(world: World, who: str) -> None:
    limits = world.person(who).get(f"/stage-cases/{world.course.id}/progress")["limits"]
    assert [limit["color"] for limit in limits if limit["kind"] == "stage"] == ["green"]


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”的中介服务没有时限$"))
def service_is_not_timed(world: World, who: str, item: str) -> None:
    assert OWN_LIMIT not in {limit["kind"] for limit in progress(world, who, item)["limits"]}
    stands_still(world, who, item)
