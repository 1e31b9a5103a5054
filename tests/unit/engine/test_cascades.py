"""Cascades: what befalls one child befalls those that its call activity declares."""

from __future__ import annotations

import pytest

from engine import ExecutionFailed, Outcome
from engine.happenings import CascadeTriggered
from tests.unit.engine.conftest import MakeWorld
from tests.unit.engine.diagrams import call, cascade, diagram, each, end, gateway, process, start, user
from tests.unit.engine.world import ROOT, World


def stage(make_world: MakeWorld, *cascades: str) -> World:
    world = make_world(
        diagram(
            process(
                "main",
                start(),
                gateway("fork", "parallel"),
                call("main_items", "item", each("mains", "item"), key="=item['code']", cascades="".join(cascades)),
                call("other_items", "item", each("others", "item"), key="=item['code']"),
                end(),
                flows="start > fork > main_items > end\nfork > other_items > end",
            ),
            process("item", start(), user("handle"), end(), flows="start > handle > end"),
        )
    )
    world.start(
        lead="L",
        mains=[{"code": code, "after": after} for code, after in (("m1", None), ("m2", "m1"), ("m3", "m1"))],
        others=[{"code": "o1"}, {"code": "o2"}],
    )
    return world


def keys(world: World, triggered: CascadeTriggered) -> list[str | None]:
    return [world.snapshots[target].key for target in triggered.targets]


def test_all_reaches_every_other_live_child_of_the_stage(make_world: MakeWorld) -> None:
    world = stage(make_world, cascade("suspended", "all", "freeze"))
    world.complete("handle", "o1")
    outcome = world.cascade(world.child("m1"), "suspended")
    (triggered,) = world.seen(CascadeTriggered)
    assert (triggered.instance_id, triggered.element_id, triggered.on, triggered.effect) == (
        ROOT,
        "main_items",
        "suspended",
        "freeze",
    )
    assert triggered.child_id == world.child("m1")
    assert keys(world, triggered) == ["m2", "m3", "o2"]
    assert outcome.snapshots == ()


def test_an_expression_selects_among_the_siblings(make_world: MakeWorld) -> None:
    world = stage(make_world, cascade("refused", "=item['after'] == 'm1' and key != 'm3' and lead == 'L'", "void"))
    world.cascade(world.child("m1"), "refused")
    (triggered,) = world.seen(CascadeTriggered)
    assert keys(world, triggered) == ["m2"]


def test_every_cascade_of_the_case_is_answered_and_no_other(make_world: MakeWorld) -> None:
    world = stage(
        make_world,
        cascade("refused", "=key == 'm2'", "void"),
        cascade("refused", "=key == 'm3'", "freeze"),
        cascade("suspended", "all", "freeze"),
    )
    world.cascade(world.child("m1"), "refused")
    assert [(t.effect, keys(world, t)) for t in world.seen(CascadeTriggered)] == [("void", ["m2"]), ("freeze", ["m3"])]
    world.cascade(world.child("m1"), "resumed")
    assert world.seen(CascadeTriggered) == []
    world.cascade(world.child("o1"), "refused")
    assert world.seen(CascadeTriggered) == []


def test_a_cascade_that_cannot_be_evaluated_fails_at_its_call(make_world: MakeWorld) -> None:
    world = stage(make_world, cascade("refused", "=nothing", "void"))
    with pytest.raises(ExecutionFailed, match="nothing") as failed:
        world.cascade(world.child("m1"), "refused")
    assert failed.value.element_id == "main_items"


def test_where_no_parent_waits_nothing_is_declared(make_world: MakeWorld) -> None:
    world = stage(make_world, cascade("refused", "all", "void"))
    assert world.cascade(ROOT, "refused") == Outcome()
    for key in ("m1", "m2", "m3"):
        world.complete("handle", key)
    assert world.cascade(world.child("m1"), "refused") == Outcome()
    world.cancel()
    assert world.cascade(world.child("m1"), "refused") == Outcome()
