"""Sentences on items handled on a pledge: the notice, the signed pledge, its check."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pytest_bdd import given, parsers, then, when

from features.steps.cast import WHO
from features.steps.course import of_item
from features.steps.handling import days_until, is_working_day, moment
from features.steps.packs import put_in_force, setting
from features.steps.papers import paper
from features.steps.world import World
from launcher.system import Platform

NOTICE, SIGNED, CHECK = "conditions", "promises", ("result", "broken")


def accept_on_pledge(world: World, item: str) -> None:
    """Go on until the item is accepted on a pledge."""
    course = world.course
    course.press_on(
        lambda case: course.item(item)["accepted_at"], lambda task: {"by_pledge": True}, of_item(course.code(item))
    )


def give(world: World, item: str, asked: str) -> None:
    """Whoever has to gives the notice, or takes in the signed pledge."""
    task = world.course.find(asked, item=item)
    person = world.course.cast.holder(task["organisation_id"], task["role"])
    signed = {"reference": person.upload("承诺书.pdf", paper())["id"]} if asked == SIGNED else {}
    world.course.complete(person, task, **signed)


def pledge_of(world: World, who: str, item: str) -> Any:
    """The one pledge of an item, as somebody sees it."""
    (pledge,) = world.person(who).get(f"/item-cases/{world.course.item(item)['id']}")["promises"]
    return pledge


@given(parsers.re("地区包设定按承诺办结后(?P<days>[0-9]+)个工作日内核查$"))
def check_within(platform: Platform, days: str) -> None:
    put_in_force(platform, {"pack.toml": (setting("handling", "pledge_check", f'"{days}WD"'),)})


@when(parsers.re(WHO + "要按承诺受理“(?P<item>[^”]+)”$"))
def wants_to_accept_on_pledge(world: World, who: str, item: str) -> None:
    world.attempt(lambda: accept_on_pledge(world, item))


@given(parsers.re("“(?P<item>[^”]+)”按承诺受理，(?P<missing>告知书|承诺书)还没有$"))
def accepted_without(world: World, item: str, missing: str) -> None:
    accept_on_pledge(world, item)
    if missing == "承诺书":
        give(world, item, NOTICE)


@given(parsers.re("“(?P<item>[^”]+)”按承诺受理，告知书和承诺书齐备$"))
def accepted_with_both(world: World, item: str) -> None:
    accept_on_pledge(world, item)
    give(world, item, NOTICE)
    give(world, item, SIGNED)


@when(parsers.re(WHO + "核查“(?P<item>[^”]+)”，承诺不实，处理是“(?P<note>[^”]+)”$"))
def finds_it_broken(world: World, who: str, item: str, note: str) -> None:
    person = world.person(who)
    world.course.complete(person, world.course.find(*CHECK, item=item, person=person), result="broken", note=note)


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”的承诺待核查，有(?P<days>[0-9]+)个工作日$"))
def check_is_watched(world: World, who: str, item: str, days: str) -> None:
    pledge = pledge_of(world, who, item)
    ended = moment(world.course.item(item)["ended_at"]).date()
    due = moment(pledge["due_at"])
    assert pledge["status"] == "open"
    assert sum(is_working_day(ended + timedelta(days=day)) for day in days_until(ended, due)) == int(days)


@then(parsers.re(WHO + "看到“(?P<item>[^”]+)”的承诺未兑现，处理是“(?P<note>[^”]+)”$"))
def broken_is_recorded(world: World, who: str, item: str, note: str) -> None:
    pledge = pledge_of(world, who, item)
    assert (pledge["status"], pledge["note"]) == ("broken", note)
    assert pledge["checked_at"]
