"""Errors and escalations of a child reach the boundary events of its parent; two branches, as a stage has them."""

from __future__ import annotations

import pytest

from engine import ExecutionFailed, Status
from engine.happenings import InstanceEnded, SubtreeCancelled, TaskClosed
from tests.unit.engine.conftest import MakeWorld
from tests.unit.engine.diagrams import (
    TERMINATE,
    boundary,
    call,
    declared,
    diagram,
    each,
    end,
    error,
    escalation,
    gateway,
    process,
    start,
    subprocess,
    throw,
    user,
)
from tests.unit.engine.world import ROOT, World

ITEM = process(
    "item",
    start(),
    user("handle", outputs="decision"),
    gateway("decided", default="approved"),
    end("approved"),
    end("refused", escalation("REFUSED")),
    end("broken", error("BROKEN")),
    flows="start > handle > decided > approved\n"
    "decided > refused : decision == 'refuse'\ndecided > broken : decision == 'break'",
    kind="item",
)
CODES = declared(errors="BROKEN OTHER", escalations="REFUSED OTHER")


def items(*more: str, flows: str = "") -> bytes:
    loop = each("codes", "code")
    return diagram(
        CODES,
        process(
            "main",
            start(),
            call("items", "item", loop, key="=code", outputs="decision", results="decisions"),
            *more,
            user("after"),
            end(),
            flows=f"start > items > after > end\n{flows}",
        ),
        ITEM,
    )


def started(make_world: MakeWorld, content: bytes) -> World:
    world = make_world(content)
    world.start(codes=["a", "b", "c"])
    return world


def test_an_escalation_that_nobody_catches_ends_the_child_and_the_parent_goes_on(make_world: MakeWorld) -> None:
    world = started(make_world, items())
    world.complete("handle", "a", decision="refuse")
    (ended,) = world.seen(InstanceEnded)
    assert (ended.status, ended.code, ended.outputs) == (Status.ESCALATION, "REFUSED", {"decision": "refuse"})
    assert world.snapshots[world.child("a")].status is Status.ESCALATION
    assert world.open_tasks == ["handle@b", "handle@c"]
    world.complete("handle", "b", decision="approve")
    world.complete("handle", "c", decision="approve")
    assert world.open_tasks == ["after"]
    assert world.data["decisions"]["a"] == {"decision": "refuse"}


def test_an_interrupting_escalation_boundary_takes_the_siblings_away(make_world: MakeWorld) -> None:
    catcher = boundary("refusal", "items", escalation("REFUSED"))
    world = started(make_world, items(catcher, user("void"), flows="refusal > void > end"))
    world.complete("handle", "b", decision="approve")
    live = {world.child("c")}
    world.complete("handle", "a", decision="refuse")
    assert {happening.instance_id for happening in world.seen(SubtreeCancelled)} == live
    assert world.open_tasks == ["void"]
    assert world.data["decisions"] == {"a": {"decision": "refuse"}, "b": {"decision": "approve"}}
    kinds = [type(happening) for happening in world.last.happenings]
    assert kinds.index(InstanceEnded) < kinds.index(SubtreeCancelled)


def test_a_non_interrupting_escalation_boundary_catches_every_refusal(make_world: MakeWorld) -> None:
    catcher = boundary("refusal", "items", escalation("REFUSED"), interrupting=False)
    world = started(make_world, items(catcher, user("note"), end("noted"), flows="refusal > note > noted"))
    world.complete("handle", "a", decision="refuse")
    assert world.open_tasks == ["handle@b", "handle@c", "note"]
    world.complete("handle", "b", decision="refuse")
    assert world.open_tasks == ["handle@c", "note", "note"]
    world.complete("handle", "c", decision="approve")
    assert world.open_tasks == ["after", "note", "note"]


def test_the_last_child_that_refuses_interrupts_before_the_call_completes(make_world: MakeWorld) -> None:
    catcher = boundary("refusal", "items", escalation("REFUSED"))
    world = started(make_world, items(catcher, user("void"), flows="refusal > void > end"))
    world.complete("handle", "a", decision="approve")
    world.complete("handle", "b", decision="approve")
    world.complete("handle", "c", decision="refuse")
    assert world.open_tasks == ["void"]
    assert world.seen(SubtreeCancelled) == []


@pytest.mark.parametrize("code", ["OTHER", "REFUSED"])
def test_an_event_of_another_code_does_not_catch(make_world: MakeWorld, code: str) -> None:
    catcher = boundary("refusal", "items", escalation(code))
    world = started(make_world, items(catcher, user("void"), flows="refusal > void > end"))
    world.complete("handle", "a", decision="refuse")
    assert ("void" in world.open_tasks) is (code == "REFUSED")


def test_an_error_reaches_the_boundary_and_takes_the_siblings_away(make_world: MakeWorld) -> None:
    catcher = boundary("failure", "items", error("BROKEN"))
    world = started(make_world, items(catcher, user("repair"), flows="failure > repair > end"))
    world.complete("handle", "a", decision="break")
    (ended,) = world.seen(InstanceEnded)
    assert (ended.instance_id, ended.status, ended.code) == (world.child("a"), Status.ERROR, "BROKEN")
    assert {happening.instance_id for happening in world.seen(SubtreeCancelled)} == {world.child("b"), world.child("c")}
    assert world.open_tasks == ["repair"]
    assert world.data["decisions"] == {}


def test_an_error_without_a_boundary_fails_and_changes_nothing(make_world: MakeWorld) -> None:
    world = started(make_world, items(boundary("failure", "items", error("OTHER")), flows="failure > end"))
    with pytest.raises(ExecutionFailed, match="BROKEN") as failed:
        world.complete("handle", "a", decision="break")
    assert (failed.value.instance_id, failed.value.element_id) == (world.child("a"), "broken")
    assert world.open_tasks == ["handle@a", "handle@b", "handle@c"]
    world.complete("handle", "a", decision="approve")
    assert world.open_tasks == ["handle@b", "handle@c"]


def test_an_error_of_the_root_itself_ends_it_in_error(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            CODES,
            process(
                "main",
                start(),
                gateway("fork", "parallel"),
                user("go"),
                user("other"),
                end("broken", error("BROKEN")),
                end(),
                flows="start > fork > go > broken\nfork > other > end",
            ),
        )
    )
    world.start(x=1)
    world.complete("go")
    (ended,) = world.seen(InstanceEnded)
    assert (ended.status, ended.code, ended.outputs) == (Status.ERROR, "BROKEN", {"x": 1})
    assert world.open_tasks == []


def nested(inner_catches: bool) -> bytes:
    inner = [boundary("inner_catch", "call_item", error("BROKEN")), user("inner_repair")] if inner_catches else []
    return diagram(
        CODES,
        process(
            "main",
            start(),
            call("call_middle", "middle", key="m"),
            boundary("outer_catch", "call_middle", error("BROKEN")),
            user("outer_repair"),
            end(),
            flows="start > call_middle > end\nouter_catch > outer_repair > end",
        ),
        process(
            "middle",
            start(),
            gateway("fork", "parallel"),
            call("call_item", "item", key="i"),
            user("beside"),
            *inner,
            end(),
            flows="start > fork > call_item > end\nfork > beside > end"
            + ("\ninner_catch > inner_repair > end" if inner_catches else ""),
        ),
        ITEM,
    )


def test_an_error_is_caught_by_the_nearest_parent_that_catches_it(make_world: MakeWorld) -> None:
    world = make_world(nested(inner_catches=True))
    world.start()
    world.complete("handle", "i", decision="break")
    assert world.open_tasks == ["beside@m", "inner_repair@m"]


def test_an_error_that_the_parent_does_not_catch_ends_it_and_goes_on_upwards(make_world: MakeWorld) -> None:
    world = make_world(nested(inner_catches=False))
    world.start()
    world.complete("handle", "i", decision="break")
    assert [(e.status, e.code) for e in world.seen(InstanceEnded)] == [(Status.ERROR, "BROKEN")] * 2
    assert [closed.element_id for closed in world.seen(TaskClosed) if closed.cancelled] == ["beside"]
    assert world.open_tasks == ["outer_repair"]


def test_an_escalation_is_heard_at_once_while_the_child_goes_on(make_world: MakeWorld) -> None:
    child = process(
        "item",
        start(),
        user("warn"),
        throw("warned", escalation("REFUSED")),
        user("handle"),
        end(),
        flows="start > warn > warned > handle > end",
    )
    content = diagram(
        CODES,
        process(
            "main",
            start(),
            call("items", "item", key="k"),
            boundary("heard", "items", escalation("REFUSED"), interrupting=False),
            user("note"),
            end(),
            flows="start > items > end\nheard > note > end",
        ),
        child,
    )
    world = make_world(content)
    world.start()
    world.complete("warn", "k")
    assert world.open_tasks == ["handle@k", "note"]
    world.complete("handle", "k")
    (ended,) = world.seen(InstanceEnded)
    assert ended.status is Status.COMPLETED
    assert world.open_tasks == ["note"]


def test_an_escalation_that_interrupts_takes_its_own_thrower_away_if_that_still_runs(make_world: MakeWorld) -> None:
    child = process(
        "item",
        start(),
        gateway("fork", "parallel"),
        user("warn"),
        user("handle"),
        end("warned", escalation("REFUSED")),
        end(),
        flows="start > fork > warn > warned\nfork > handle > end",
    )
    content = diagram(
        CODES,
        process(
            "main",
            start(),
            call("items", "item", key="k"),
            boundary("heard", "items", escalation("REFUSED")),
            user("close"),
            end(),
            flows="start > items > end\nheard > close > end",
        ),
        child,
    )
    world = make_world(content)
    world.start()
    world.complete("warn", "k")
    assert world.seen(InstanceEnded) == []
    assert world.seen(SubtreeCancelled) == [SubtreeCancelled(world.child("k"), "cancelled")]
    assert world.snapshots[world.child("k")].status is Status.CANCELLED
    assert world.open_tasks == ["close"]


STAGE = diagram(
    CODES,
    process(
        "main",
        start(),
        gateway("fork", "parallel"),
        subprocess(
            "main_line",
            start("main_start"),
            call("main_items", "item", each("main_codes", "code"), key="=code"),
            end("main_end"),
            flows="main_start > main_items > main_end",
        ),
        boundary("refusal", "main_line", escalation("REFUSED")),
        user("void"),
        end("voided", TERMINATE),
        throw("completed", milestone="stage_completed"),
        user("archive"),
        call("other_items", "item", each("other_codes", "code"), key="=code"),
        end(),
        flows="start > fork > main_line > completed > archive > end\nfork > other_items > end\nrefusal > void > voided",
    ),
    ITEM,
)


def stage(make_world: MakeWorld) -> World:
    world = make_world(STAGE)
    world.start(main_codes=["m1", "m2"], other_codes=["o1", "o2"])
    return world


def test_the_refusal_of_a_main_line_item_lets_the_lead_void_the_stage(make_world: MakeWorld) -> None:
    world = stage(make_world)
    world.complete("handle", "m1", decision="refuse")
    assert world.open_tasks == ["handle@o1", "handle@o2", "void"]
    world.complete("void")
    assert world.status is Status.COMPLETED
    assert {happening.instance_id for happening in world.seen(SubtreeCancelled)} == {
        world.child("o1"),
        world.child("o2"),
    }
    assert world.open_tasks == []


def test_the_refusal_of_an_auxiliary_item_touches_nothing_else(make_world: MakeWorld) -> None:
    world = stage(make_world)
    world.complete("handle", "o1", decision="refuse")
    assert [type(happening) for happening in world.last.happenings] == [TaskClosed, InstanceEnded]
    assert world.open_tasks == ["handle@m1", "handle@m2", "handle@o2"]


def test_the_auxiliary_branch_outlives_the_main_line(make_world: MakeWorld) -> None:
    world = stage(make_world)
    world.complete("handle", "m1")
    world.complete("handle", "m2")
    assert world.open_tasks == ["archive", "handle@o1", "handle@o2"]
    world.complete("archive")
    assert world.snapshots[ROOT].status is Status.ACTIVE
    world.complete("handle", "o1")
    world.complete("handle", "o2")
    assert world.status is Status.COMPLETED
