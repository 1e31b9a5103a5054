"""Sentences on service windows, and on a pack that lets any of them take in."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from features.steps.cast import WHO
from features.steps.packs import put_in_force
from features.steps.stages import bring, quoted, start
from features.steps.world import World
from launcher.system import Platform

OWN_ONLY, ANY = "[windows]\nany = false", "[windows]\nany = true"


@given("地区包设定任一综合窗口都可以发起和收件")
def any_window_may(platform: Platform) -> None:
    put_in_force(platform, {"pack.toml": ((OWN_ONLY, ANY),)})


@when(parsers.re(WHO + "收下项目“(?P<name>[^”]+)”，需要审批的(?P<items>.+)转办$"))
def takes_in_and_dispatches(world: World, who: str, name: str, items: str) -> None:
    bring(start(world, who, "window", name), quoted(items), "已经统一转办")


@then(parsers.re(WHO + "看到收件的是(?P<window>.+)$"))
def taken_in_by(world: World, who: str, window: str) -> None:
    person = world.person(who)
    received = world.course.look(person)["received_at"]
    done = person.pages(f"/stage-cases/{world.course.id}/history")
    assert {entry["organisation_name"] for entry in done if entry["closed_at"] == received} == {window}
