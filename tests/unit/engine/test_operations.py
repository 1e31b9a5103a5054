"""Service tasks: operations that run in the command, and operations that run elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

import pytest

from engine import ExecutionFailed, NotWaiting, OperationFailed, Status
from engine.happenings import OperationPerformed, OperationRequested
from engine.snapshot import OperationCall
from tests.unit.engine.conftest import MakeWorld
from tests.unit.engine.diagrams import boundary, declared, diagram, end, error, operation, process, start, user
from tests.unit.engine.world import ROOT


def calling(mode: str) -> bytes:
    return diagram(
        declared(errors="REJECTED OTHER"),
        process(
            "main",
            start(),
            operation("ask", "register", mode, inputs="case first==items[0]", outputs="number total==number+1"),
            boundary("rejected", "ask", error("REJECTED")),
            user("repair"),
            user("after"),
            end(),
            flows="start > ask > after > end\nrejected > repair > end",
        ),
    )


def test_a_local_operation_runs_in_the_command_with_its_declared_inputs_and_outputs(make_world: MakeWorld) -> None:
    world = make_world(calling("local"), register=lambda inputs: {"number": 41, "secret": "s"})
    world.start(case="c", items=["i"], private=1)
    assert world.called == [OperationCall(ROOT, "ask", "register", {"case": "c", "first": "i"})]
    (performed,) = world.seen(OperationPerformed)
    assert performed == OperationPerformed(
        ROOT, "ask", "register", {"case": "c", "first": "i"}, {"number": 41, "secret": "s"}
    )
    assert world.data == {"case": "c", "items": ["i"], "private": 1, "number": 41, "total": 42}


def test_an_operation_cannot_change_the_data_through_its_inputs(make_world: MakeWorld) -> None:
    def spoil(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        inputs["case"].append("spoiled")
        return {"number": 1}

    world = make_world(calling("local"), register=spoil)
    world.start(case=["kept"], items=["i"])
    assert world.data["case"] == ["kept"]
    (performed,) = world.seen(OperationPerformed)
    assert performed.inputs["case"] == ["kept"]


def test_a_local_operation_that_fails_by_code_is_caught(make_world: MakeWorld) -> None:
    def reject(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        raise OperationFailed("REJECTED", "not today")

    world = make_world(calling("local"), register=reject)
    world.start(case=1, items=[1])
    assert world.open_tasks == ["repair"]
    assert world.seen(OperationPerformed) == []


@pytest.mark.parametrize(
    "failure", [OperationFailed("UNKNOWN", "gone wrong"), ZeroDivisionError("gone wrong"), KeyError("gone wrong")]
)
def test_any_other_failure_of_a_local_operation_names_the_element_and_keeps_the_cause(
    make_world: MakeWorld, failure: Exception
) -> None:
    def fail(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        raise failure

    world = make_world(calling("local"), register=fail)
    with pytest.raises(ExecutionFailed, match="gone wrong") as failed:
        world.start(case=1, items=[1])
    assert failed.value.element_id == "ask"
    assert type(failure).__name__ in failed.value.trace
    assert failed.value.__cause__ is failure


@pytest.mark.parametrize("outputs", [{"number": date(2026, 1, 1)}, {"number": "text"}, {}])
def test_outputs_that_cannot_be_used_fail_at_the_element(make_world: MakeWorld, outputs: dict[str, Any]) -> None:
    world = make_world(calling("local"), register=lambda inputs: outputs)
    with pytest.raises(ExecutionFailed) as failed:
        world.start(case=1, items=[1])
    assert failed.value.element_id == "ask"


def test_a_remote_operation_waits_until_it_is_finished(make_world: MakeWorld) -> None:
    world = make_world(calling("remote"))
    world.start(case="c", items=["i"])
    (requested,) = world.seen(OperationRequested)
    assert (requested.element_id, requested.operation, requested.inputs) == (
        "ask",
        "register",
        {"case": "c", "first": "i"},
    )
    assert world.open_tasks == []
    world.finish("ask", number=1, secret="s")
    assert world.data == {"case": "c", "items": ["i"], "number": 1, "total": 2}
    assert world.open_tasks == ["after"]


def test_a_remote_operation_is_finished_once(make_world: MakeWorld) -> None:
    world = make_world(calling("remote"))
    world.start(case=1, items=[1])
    row = next(iter(world.requests.values()))
    world.finish("ask", number=1)
    world.requests[row.task_id] = row
    for act in (
        partial(world.finish, "ask", number=2),
        partial(world.fail, "ask", "REJECTED"),
        partial(world.retry, "ask"),
    ):
        world.requests[row.task_id] = row
        with pytest.raises(NotWaiting):
            act()
    assert world.data["number"] == 1


def test_the_failure_of_a_remote_operation_reaches_the_boundary(make_world: MakeWorld) -> None:
    world = make_world(calling("remote"))
    world.start(case=1, items=[1])
    world.fail("ask", "REJECTED")
    assert world.open_tasks == ["repair"]
    world.complete("repair")
    assert world.status is Status.COMPLETED


def test_a_remote_failure_that_nobody_catches_is_still_awaited_and_can_be_requested_again(
    make_world: MakeWorld,
) -> None:
    world = make_world(calling("remote"))
    world.start(case=1, items=[1])
    (first,) = world.seen(OperationRequested)
    with pytest.raises(ExecutionFailed, match="no answer") as failed:
        world.fail("ask", "TIMEOUT", "no answer")
    assert failed.value.element_id == "ask"
    outcome = world.retry("ask")
    assert world.seen(OperationRequested) == [first]
    assert outcome.snapshots == ()
    world.finish("ask", number=1)
    assert world.open_tasks == ["after"]
