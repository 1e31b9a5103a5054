"""What cannot be stepped is a failure that names its element, and changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine import ExecutionFailed, NotWaiting, SnapshotNeeded, StateUnreadable, Status, commands
from engine.definitions import prepare
from tests.unit.engine.conftest import MakeWorld
from tests.unit.engine.diagrams import diagram, end, gateway, process, start, throw, user
from tests.unit.engine.world import ROOT


def test_an_automatic_loop_stops_at_a_budget_and_names_an_element_of_it(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            process(
                "main",
                start(),
                gateway("again"),
                throw("round"),
                gateway("enough", default="again"),
                end(),
                flows="start > again > round > enough > again\nenough > end : False",
            )
        )
    )
    with pytest.raises(ExecutionFailed, match="循环") as failed:
        world.start()
    assert failed.value.element_id in ("again", "round", "enough")


def test_a_join_that_can_never_be_complete_is_named(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            process(
                "main",
                start(),
                user("work", outputs="way"),
                gateway("which", default="left"),
                user("left"),
                user("right"),
                gateway("join", "parallel"),
                end(),
                flows="start > work > which > left > join > end\nwhich > right : way == 'r'\nright > join",
            )
        )
    )
    world.start()
    world.complete("work", way="l")
    with pytest.raises(ExecutionFailed) as failed:
        world.complete("left")
    assert failed.value.element_id == "join"
    assert world.open_tasks == ["left"]


def test_a_gateway_without_a_true_condition_is_named(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            process(
                "main",
                start(),
                gateway("which"),
                end("a"),
                end("b"),
                flows="start > which\nwhich > a : x == 1\nwhich > b : x == 2",
            )
        )
    )
    with pytest.raises(ExecutionFailed, match="条件") as failed:
        world.start(x=3)
    assert failed.value.element_id == "which"


def test_a_condition_that_cannot_be_evaluated_names_its_gateway_and_what_is_missing(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            process(
                "main",
                start(),
                gateway("which", default="b"),
                end("a"),
                end("b"),
                flows="start > which > b\nwhich > a : missing == 1",
            )
        )
    )
    with pytest.raises(ExecutionFailed, match="missing") as failed:
        world.start()
    assert failed.value.element_id == "which"


SIMPLE = diagram(process("main", start(), user("work"), end(), flows="start > work > end"))


def test_a_process_that_the_definitions_do_not_have_cannot_be_started() -> None:
    with pytest.raises(ExecutionFailed, match="unknown"):
        commands.start(prepare({"d": SIMPLE}), {}, ROOT, "unknown", {})


def test_an_instance_that_is_there_is_not_started_again(make_world: MakeWorld) -> None:
    world = make_world(SIMPLE)
    world.start()
    with pytest.raises(NotWaiting):
        world.start()


def test_an_instance_that_is_not_given_is_asked_for() -> None:
    with pytest.raises(SnapshotNeeded) as needed:
        commands.complete(prepare({"d": SIMPLE}), {}, ROOT, ROOT, {})
    assert needed.value.instance_id == ROOT


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ACTIVE])
def test_an_instance_that_has_ended_takes_no_command(status: Status) -> None:
    definitions = prepare({"d": SIMPLE})
    (snapshot,) = commands.start(definitions, {}, ROOT, "main", {}).snapshots
    task_id = commands.inspect(definitions, snapshot).tokens[0].task_id
    ended = replace(snapshot, status=status)
    with pytest.raises(NotWaiting):
        commands.complete(definitions, {ROOT: ended}, ROOT, task_id, {})
    with pytest.raises(NotWaiting):
        commands.cancel(definitions, {ROOT: ended}, ROOT, "again")


@pytest.mark.parametrize(
    "state",
    [
        "",
        "{}",
        "[]",
        "null",
        '["1",2,0,[]]',
        "[1]",
        "[1,2,0,[]]",
        "[1,2,0,[[0,0,0,[]]]]",
        '[1,2,0,[[0,0,0,[[1,-1,"nowhere",16]]]]]',
        '[1,2,0,[[0,0,0,[[1,5,"work",16]]]]]',
        '[1,2,0,[[7,"inner",0,[[1,-1,"<start>",64]]]]]',
        "[1,2,0,[[0,0,0,7]]]",
        "[99,2,0,[]]",
        "[0,2,0,[]]",
        "[true,2,0,[]]",
    ],
)
def test_a_state_that_cannot_be_read_is_refused_as_such(state: str) -> None:
    definitions = prepare({"d": SIMPLE})
    (snapshot,) = commands.start(definitions, {}, ROOT, "main", {}).snapshots
    damaged = replace(snapshot, state=state.encode())
    with pytest.raises(StateUnreadable):
        commands.complete(definitions, {ROOT: damaged}, ROOT, ROOT, {})
    with pytest.raises(StateUnreadable):
        commands.inspect(definitions, damaged)


def test_a_state_of_other_definitions_is_refused_by_name() -> None:
    definitions = prepare({"d": SIMPLE})
    (snapshot,) = commands.start(definitions, {}, ROOT, "main", {}).snapshots
    other = prepare({"d": diagram(process("main", start(), user("other"), end(), flows="start > other > end"))})
    with pytest.raises(StateUnreadable, match="work"):
        commands.complete(other, {ROOT: snapshot}, ROOT, ROOT, {})
    nothing = prepare({"d": diagram(process("else", start(), end(), flows="start > end"))})
    with pytest.raises(StateUnreadable, match="main"):
        commands.complete(nothing, {ROOT: snapshot}, ROOT, ROOT, {})
