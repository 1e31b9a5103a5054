"""The stored state: what is read back goes on as if it had never been stored, and stays small."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import ExecutionFailed, Snapshot, StateUnreadable, Status, commands
from engine.codec import VERSION, decode, encode
from engine.definitions import Definitions, prepare
from engine.execution import Execution
from engine.happenings import ChildStarted, Happening
from engine.migrations import STEPS, migrated
from tests.unit.engine.diagrams import diagram, end, gateway, process, start, subprocess, user
from tests.unit.engine.walks import START, WALKS, possible
from tests.unit.engine.world import ROOT, World

STATES = Path(__file__).parent / "states"
DEFINITIONS = {name: prepare({name: content}) for name, content in WALKS.items()}


@pytest.mark.parametrize("name", WALKS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(choices=st.lists(st.integers(0, 10_000), max_size=30))
def test_saving_between_all_steps_changes_nothing_that_can_be_seen(name: str, choices: list[int]) -> None:
    straight, saving = (World(DEFINITIONS[name], mode, {}) for mode in (False, True))
    for world in (straight, saving):
        world.start("main", **START)
    for choice in choices:
        assert _seen(straight) == _seen(saving)
        acts = possible(saving)
        assert [act[0] for act in acts] == [act[0] for act in possible(straight)]
        if not acts:
            break
        _, act = acts[choice % len(acts)]
        assert _done(act, straight) == _done(act, saving)
    assert _seen(straight) == _seen(saving)
    for snapshot in saving.snapshots.values():
        assert encode(decode(Execution(DEFINITIONS[name], {}), snapshot)) == snapshot.state


def _done(act: Any, world: World) -> str | None:
    """Do it; why it failed, if it did."""
    try:
        act(world)
    except ExecutionFailed as failed:
        return str(failed)
    return None


def _seen(world: World) -> Any:
    """The last outcome without bytes, and the states of all live instances."""
    outcome = tuple(_without_bytes(happening) for happening in world.last.happenings)
    live = [snapshot.id for snapshot in world.snapshots.values() if snapshot.status is Status.ACTIVE]
    statuses = {snapshot.id: snapshot.status for snapshot in world.snapshots.values()}
    return outcome, statuses, [world.state(instance_id) for instance_id in live]


def _without_bytes(happening: Happening) -> Happening:
    if isinstance(happening, ChildStarted):
        return replace(happening, child=replace(happening.child, state=b""))
    return happening


def test_the_same_commands_give_the_same_bytes() -> None:
    runs = []
    for _ in range(2):
        world = World(DEFINITIONS["stage"], True, {})
        world.start("main", **START)
        world.complete("review", "a", decision=1)
        world.complete("review", "b", decision=0)
        runs.append({key: snapshot.state for key, snapshot in world.snapshots.items()})
    assert runs[0] == runs[1]


ROUNDS = diagram(
    process(
        "main",
        start(),
        gateway("again"),
        gateway("fork", "parallel"),
        user("left", outputs="left"),
        subprocess(
            "inner",
            start("inner_start"),
            user("right", outputs="right"),
            end("inner_end"),
            flows="inner_start > right > inner_end",
        ),
        gateway("join", "parallel"),
        gateway("enough", default="again"),
        end(),
        flows="start > again > fork > left > join > enough > again\nfork > inner > join\nenough > end : left == 'stop'",
    )
)


def test_a_thousand_rounds_keep_the_state_as_small_as_one() -> None:
    definitions = prepare({"rounds": ROUNDS})
    (snapshot,) = commands.start(definitions, {}, ROOT, "main", {"project": "p" * 100}).snapshots
    sizes, tokens = [], []
    for round_number in range(1000):
        order = ("left", "right") if round_number % 2 else ("right", "left")
        for element in order:
            token = next(t for t in commands.inspect(definitions, snapshot).tokens if t.element_id == element)
            fields = {element: "x" * 10}
            (snapshot,) = commands.complete(definitions, {ROOT: snapshot}, ROOT, token.task_id, fields).snapshots
        sizes.append(len(snapshot.state))
        tokens.append(len(decode(Execution(definitions, {}), snapshot).tasks))
    assert max(tokens) == tokens[0]
    assert sizes[-1] - sizes[1] <= 40  # numbers of up to five digits instead of two


def test_the_state_of_a_waiting_item_is_small_whatever_lies_behind_it() -> None:
    nodes = [user(f"step_{number}", outputs="x") for number in range(50)]
    flow = " > ".join(["start", *(f"step_{number}" for number in range(50)), "end"])
    definitions = prepare({"long": diagram(process("main", start(), *nodes, end(), flows=flow))})
    (snapshot,) = commands.start(definitions, {}, ROOT, "main", {"x": 0}).snapshots
    first = len(snapshot.state)
    for number in range(49):
        (token,) = commands.inspect(definitions, snapshot).tokens
        (snapshot,) = commands.complete(
            definitions, {ROOT: snapshot}, ROOT, token.task_id, {"x": number % 10}
        ).snapshots
    assert len(snapshot.state) <= first + 12  # longer numbers


def test_values_that_are_equal_but_not_the_same_are_kept_apart() -> None:
    definitions = prepare(
        {
            "apart": diagram(
                process(
                    "main",
                    start(),
                    gateway("fork", "parallel"),
                    user("one", outputs="flag many"),
                    user("two"),
                    gateway("join", "parallel"),
                    user("look"),
                    end(),
                    flows="start > fork > one > join > look > end\nfork > two > join",
                )
            )
        }
    )
    world = World(definitions, True, {})
    world.start("main", flag=1, many=[1, 0])
    world.complete("one", flag=True, many=[True, False])
    world.complete("two")
    assert json.dumps(world.data) == '{"flag": true, "many": [true, false]}'


def kept(version: int) -> list[Path]:
    return sorted((STATES / f"version_{version}").glob("*.json"))


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_states_are_kept_of_every_version(version: int) -> None:
    assert {path.stem for path in kept(version)} >= set(WALKS)


@pytest.mark.parametrize("path", [path for version in range(1, VERSION + 1) for path in kept(version)], ids=str)
def test_a_state_of_every_version_goes_on(path: Path) -> None:
    """A kept file holds snapshots as stored, what is open, the task to complete next, and what comes of it."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    definitions = DEFINITIONS[path.stem]
    snapshots = {snapshot.id: snapshot for snapshot in map(restored_snapshot, stored["snapshots"])}
    tasks = {
        token.element_id if snapshot.key is None else f"{token.element_id}@{snapshot.key}": (snapshot.id, token.task_id)
        for snapshot in snapshots.values()
        if snapshot.status is Status.ACTIVE
        for token in commands.inspect(definitions, snapshot).tokens
        if token.kind == "UserTask"
    }
    assert sorted(tasks) == sorted(stored["open"])
    element, key = stored["complete"]
    instance_id, task_id = tasks[element if key is None else f"{element}@{key}"]
    outcome = commands.complete(definitions, snapshots, instance_id, task_id, {"decision": 1})
    changed = {snapshot.id: snapshot for snapshot in outcome.snapshots}
    state = commands.inspect(definitions, changed[instance_id])
    assert [token.element_id for token in state.tokens] == stored["then"]
    assert state.data == stored["data"]
    assert all(json.loads(snapshot.state)[0] == VERSION for snapshot in outcome.snapshots)


def restored_snapshot(fields: dict[str, Any]) -> Snapshot:
    """A snapshot as ``keep_states`` wrote it."""
    ids = {
        name: None if fields[name] is None else UUID(fields[name])
        for name in ("id", "root_id", "parent_id", "parent_task_id")
    }
    return Snapshot(**{**fields, **ids, "status": Status(fields["status"]), "state": fields["state"].encode()})


def test_the_steps_of_migration_are_complete() -> None:
    assert set(STEPS) == set(range(1, VERSION))


def test_migration_takes_one_step_after_the_other() -> None:
    steps = {1: lambda stored: [2, *stored[1:], "two"], 2: lambda stored: [3, *stored[1:], "three"]}
    assert migrated([1, "one"], 3, steps) == [3, "one", "two", "three"]
    assert migrated([3, "x"], 3, steps) == [3, "x"]
    with pytest.raises(StateUnreadable, match="版本 4"):
        migrated([4], 3, steps)


def test_definitions_are_shared_and_never_changed_by_instances() -> None:
    definitions: Definitions = DEFINITIONS["loops"]
    before = _shape(definitions)
    world = World(definitions, False, {})
    world.start("main", **START)
    for element in ("left", "right"):
        world.signal("stop")
        world.complete(element, decision=1)
    assert _shape(definitions) == before


def _shape(definitions: Definitions) -> Any:
    return {
        name: {
            spec: (list(each._inputs), list(each._outputs), sorted(vars(each)))
            for spec, each in part.task_specs.items()
        }
        for process_ in definitions.processes.values()
        for name, part in (("", process_.spec), *process_.scopes.items())
    }
