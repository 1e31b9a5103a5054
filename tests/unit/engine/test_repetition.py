"""Repeated activities: how often, what each repetition sees, and what is left when the activity ends."""

from __future__ import annotations

import pytest

from engine import ExecutionFailed, Status
from tests.unit.engine.conftest import MakeWorld
from tests.unit.engine.diagrams import (
    boundary,
    call,
    declared,
    diagram,
    each,
    end,
    message,
    process,
    start,
    subprocess,
    user,
)
from tests.unit.engine.world import World


def times(number: str) -> str:
    return (
        "<multiInstanceLoopCharacteristics>"
        f"<loopCardinality>{number}</loopCardinality></multiInstanceLoopCharacteristics>"
    )


def while_(condition: str, first: bool = False, most: int | None = None) -> str:
    limit = "" if most is None else f' loopMaximum="{most}"'
    return (
        f'<standardLoopCharacteristics testBefore="{str(first).lower()}"{limit}>'
        f"<loopCondition>{condition}</loopCondition></standardLoopCharacteristics>"
    )


def around(loop: str) -> bytes:
    return diagram(
        process(
            "main",
            start(),
            user("ask", loop=loop, outputs="answer"),
            user("after"),
            end(),
            flows="start > ask > after > end",
        )
    )


def answer(world: World, position: int, value: object) -> None:
    row = [row for row in world.tasks.values() if row.element_id == "ask"][position]
    world.complete_id(row.instance_id, row.task_id, answer=value)


@pytest.mark.parametrize("number", ["-1", "0.5", "True", "'3'", "2001", "9999999999"])
@pytest.mark.parametrize("activity", ["user", "call"])
def test_a_number_of_repetitions_that_cannot_be_meant_fails_at_once(
    make_world: MakeWorld, number: str, activity: str
) -> None:
    repeated = user("ask", loop=times("many")) if activity == "user" else call("ask", "main", times("many"))
    world = make_world(diagram(process("main", start(), repeated, end(), flows="start > ask > end")))
    value = {"-1": -1, "0.5": 0.5, "True": True, "'3'": "3", "2001": 2001, "9999999999": 9_999_999_999}[number]
    with pytest.raises(ExecutionFailed, match="重复次数") as failed:
        world.start(many=value)
    assert failed.value.element_id == "ask"


@pytest.mark.parametrize("loop", [times("0"), each("people", "person"), each("people", "person", sequential=True)])
def test_no_repetition_is_over_at_once(make_world: MakeWorld, loop: str) -> None:
    world = make_world(around(loop))
    world.start(people=[])
    assert world.open_tasks == ["after"]


def test_parallel_repetitions_each_see_their_own_item(make_world: MakeWorld) -> None:
    world = make_world(around(each("people", "person")))
    world.start(people=["a", "b", "c"])
    assert [row.happening.data["person"] for row in world.tasks.values()] == ["a", "b", "c"]
    for value in (1, 2, 3):
        answer(world, -1, value)
    assert world.open_tasks == ["after"]
    assert world.data == {"people": ["a", "b", "c"], "answer": 3}


def test_sequential_repetitions_see_what_earlier_ones_wrote(make_world: MakeWorld) -> None:
    world = make_world(around(each("people", "person", sequential=True)))
    world.start(people=["a", "b"], answer=0)
    assert [(row.happening.data["person"], row.happening.data["answer"]) for row in world.tasks.values()] == [("a", 0)]
    answer(world, 0, 5)
    assert [(row.happening.data["person"], row.happening.data["answer"]) for row in world.tasks.values()] == [("b", 5)]
    answer(world, 0, 6)
    assert world.data["answer"] == 6
    assert "person" not in world.data


def test_a_completion_condition_takes_the_other_repetitions_away(make_world: MakeWorld) -> None:
    world = make_world(around(each("people", "person", "answer == 'veto'")))
    world.start(people=["a", "b", "c"])
    answer(world, 1, "fine")
    answer(world, 1, "veto")
    assert world.open_tasks == ["after"]
    assert world.data["answer"] == "veto"


@pytest.mark.parametrize(
    ("loop", "rounds"),
    [
        (while_("answer &lt; 2"), 2),
        (while_("answer &lt; 2", most=1), 1),
        (while_("answer &lt; 0", first=True), 0),
        (while_("answer &lt; 0"), 1),
    ],
)
def test_a_standard_loop_repeats_while_its_condition_holds(make_world: MakeWorld, loop: str, rounds: int) -> None:
    world = make_world(around(loop))
    world.start(answer=0)
    for number in range(1, rounds + 1):
        assert world.open_tasks == ["ask"]
        answer(world, 0, number)
    assert world.open_tasks == ["after"]
    assert world.data == {"answer": rounds}


def test_a_call_activity_in_a_standard_loop_starts_a_new_child_each_round(make_world: MakeWorld) -> None:
    child = process("child", start(), user("work", outputs="answer"), end(), flows="start > work > end")
    repeated = call("calls", "child", while_("answer != 'done'"), outputs="answer", key="k")
    world = make_world(diagram(process("main", start(), repeated, end(), flows="start > calls > end"), child))
    world.start(answer="")
    ids = set()
    for value in ("more", "more", "done"):
        ids.add(world.task("work", "k").instance_id)
        world.complete("work", "k", answer=value)
    assert len(ids) == 3
    assert (world.status, world.data) == (Status.COMPLETED, {"answer": "done"})


def test_an_interrupting_boundary_event_takes_all_repetitions_away(make_world: MakeWorld) -> None:
    """Stock SpiffWorkflow can no longer step the instance afterwards (T1)."""
    world = make_world(
        diagram(
            declared(messages="stop"),
            process(
                "main",
                start(),
                subprocess(
                    "ask",
                    start("inner_start"),
                    call("calls", "child"),
                    user("own"),
                    end("inner_end"),
                    flows="inner_start > calls > own > inner_end",
                    loop=each("people", "person"),
                ),
                boundary("stopped", "ask", message("stop")),
                user("after"),
                end(),
                flows="start > ask > end\nstopped > after > end",
            ),
            process("child", start(), user("work"), end(), flows="start > work > end"),
        )
    )
    world.start(people=["a", "b", "c"])
    row = next(iter(world.tasks.values()))
    world.complete_id(row.instance_id, row.task_id)
    assert world.open_tasks == ["own", "work", "work"]
    world.send("stop")
    assert world.open_tasks == ["after"]
    world.complete("after")
    assert world.status is Status.COMPLETED
