"""Call activities: children are instances of their own, and the parent goes on when all have ended."""

from __future__ import annotations

from uuid import uuid5

import pytest

from engine import ExecutionFailed, SnapshotNeeded, Status, commands
from engine.happenings import (
    ChildStarted,
    InstanceEnded,
    LimitCleared,
    LimitSet,
    SubtreeCancelled,
    TaskClosed,
    TaskOpened,
)
from tests.unit.engine.conftest import MakeWorld
from tests.unit.engine.diagrams import (
    TERMINATE,
    boundary,
    call,
    declared,
    diagram,
    each,
    end,
    gateway,
    message,
    process,
    start,
    subprocess,
    user,
)
from tests.unit.engine.world import ROOT, World

CHILD = process(
    "child", start(), user("work", outputs="decision secret"), end(), flows="start > work > end", kind="item"
)


def many(sequential: bool = False, condition: str = "") -> bytes:
    return diagram(
        process(
            "main",
            start(),
            call(
                "items",
                "child",
                each("cases", "case", condition, sequential),
                inputs="case code==case['code']",
                outputs="decision department==case['department']",
                key="=case['code']",
                results="decisions",
                limit="20WD",
            ),
            user("after"),
            end(),
            flows="start > items > after > end",
        ),
        CHILD,
    )


CASES = [{"code": "b", "department": "x"}, {"code": "a", "department": "y"}, {"code": "c", "department": "z"}]


def test_each_child_is_an_instance_of_its_own_with_its_declared_inputs(make_world: MakeWorld) -> None:
    world = make_world(many())
    world.start(cases=CASES, private="stays")
    call_id = next(row.task_id for row in world.limits.values())
    children = world.seen(ChildStarted)
    assert [child.inputs for child in children] == [{"case": case, "code": case["code"]} for case in CASES]
    for child, case in zip(children, CASES, strict=True):
        snapshot = child.child
        assert (child.instance_id, child.element_id, child.kind) == (ROOT, "items", "item")
        assert snapshot.id == uuid5(call_id, case["code"])
        assert (snapshot.parent_id, snapshot.parent_task_id, snapshot.key) == (ROOT, call_id, case["code"])
        assert (snapshot.root_id, snapshot.process, snapshot.version) == (ROOT, "child", 1)
        assert snapshot == world.snapshots[snapshot.id]
        assert world.state(snapshot.id).data == child.inputs
    assert world.open_tasks == ["work@a", "work@b", "work@c"]
    assert world.snapshots[ROOT].release == world.definitions.release


def test_a_limit_of_the_call_runs_while_children_do(make_world: MakeWorld) -> None:
    world = make_world(many())
    world.start(cases=CASES[:1])
    (limit,) = world.seen(LimitSet)
    assert (limit.element_id, limit.kind, limit.limit) == ("items", "call", "20WD")
    world.complete("work", "b")
    assert world.seen(LimitCleared) == [LimitCleared(ROOT, limit.task_id)]


def test_results_stand_by_key_in_the_order_of_the_inputs_whoever_ends_first(make_world: MakeWorld) -> None:
    world = make_world(many())
    world.start(cases=CASES, kept=1)
    world.complete("work", "c", decision=3, secret="no")
    world.complete("work", "b", decision=1)
    assert world.seen((TaskOpened,)) == []
    world.complete("work", "a", decision=2)
    assert world.open_tasks == ["after"]
    assert world.data == {
        "cases": CASES,
        "kept": 1,
        "decisions": {
            "b": {"decision": 1, "department": "x"},
            "a": {"decision": 2, "department": "y"},
            "c": {"decision": 3, "department": "z"},
        },
    }
    assert list(world.data["decisions"]) == ["b", "a", "c"]


def test_the_end_of_a_child_carries_its_declared_outputs_and_comes_before_what_the_parent_does(
    make_world: MakeWorld,
) -> None:
    world = make_world(many())
    world.start(cases=CASES[:1])
    world.complete("work", "b", decision=1)
    kinds = [type(happening) for happening in world.last.happenings]
    assert kinds == [TaskClosed, InstanceEnded, LimitCleared, TaskOpened]
    (ended,) = world.seen(InstanceEnded)
    assert (ended.status, ended.code, ended.outputs) == (Status.COMPLETED, None, {"decision": 1, "department": "x"})


def test_a_command_that_does_not_end_a_child_needs_no_parent_and_one_that_does_asks_for_it() -> None:
    from engine.definitions import prepare

    definitions = prepare(
        {
            "d": diagram(
                process("main", start(), call("one", "two"), end(), flows="start > one > end"),
                process("two", start(), user("first"), user("second"), end(), flows="start > first > second > end"),
            )
        }
    )
    outcome = commands.start(definitions, {}, ROOT, "main", {})
    root, child = outcome.snapshots
    first = next(h.task_id for h in outcome.happenings if isinstance(h, TaskOpened))
    outcome = commands.complete(definitions, {child.id: child}, child.id, first, {})
    (child,) = outcome.snapshots
    second = next(h.task_id for h in outcome.happenings if isinstance(h, TaskOpened))
    with pytest.raises(SnapshotNeeded) as needed:
        commands.complete(definitions, {child.id: child}, child.id, second, {})
    assert needed.value.instance_id == ROOT
    outcome = commands.complete(definitions, {child.id: child, ROOT: root}, child.id, second, {})
    assert [(snapshot.id, snapshot.status) for snapshot in outcome.snapshots] == [
        (ROOT, Status.COMPLETED),
        (child.id, Status.COMPLETED),
    ]


def test_an_empty_collection_ends_the_call_at_once_with_empty_results(make_world: MakeWorld) -> None:
    world = make_world(many())
    world.start(cases=[])
    assert world.open_tasks == ["after"]
    assert world.data == {"cases": [], "decisions": {}}
    assert world.running_limits == {}


def test_sequential_children_start_one_after_the_other(make_world: MakeWorld) -> None:
    world = make_world(many(sequential=True))
    world.start(cases=CASES)
    for key, decision in (("b", 1), ("a", 2), ("c", 3)):
        assert world.open_tasks == [f"work@{key}"]
        world.complete("work", key, decision=decision)
    assert [outputs["decision"] for outputs in world.data["decisions"].values()] == [1, 2, 3]
    assert world.open_tasks == ["after"]


def test_a_completion_condition_takes_the_other_children_away(make_world: MakeWorld) -> None:
    world = make_world(many(condition="decision == 'no'"))
    world.start(cases=CASES)
    world.complete("work", "c", decision="yes")
    others = {world.child("b")}
    world.complete("work", "a", decision="no")
    assert {happening.instance_id for happening in world.seen(SubtreeCancelled)} == others
    assert world.open_tasks == ["after"]
    assert list(world.data["decisions"]) == ["a", "c"]


def test_a_single_child_gives_its_outputs_to_the_data(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            process(
                "main",
                start(),
                call("one", "child", inputs="case", outputs="decision", results="both"),
                user("after"),
                end(),
                flows="start > one > after > end",
            ),
            CHILD,
        )
    )
    world.start(case=1)
    (started,) = world.seen(ChildStarted)
    assert started.child.key is None
    assert started.child.id == uuid5(started.child.parent_task_id, "")
    world.complete("work", decision="yes", secret="no")
    assert world.data == {"case": 1, "decision": "yes", "both": {"": {"decision": "yes"}}}


def test_children_without_a_key_are_counted(make_world: MakeWorld) -> None:
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>n + 1</loopCardinality></multiInstanceLoopCharacteristics>"
    )
    world = make_world(
        diagram(
            process("main", start(), call("items", "child", loop, results="both"), end(), flows="start > items > end"),
            CHILD,
        )
    )
    world.start(n=2)
    assert world.open_tasks == ["work@0", "work@1", "work@2"]


def test_children_of_one_key_are_refused_by_the_key(make_world: MakeWorld) -> None:
    world = make_world(many())
    with pytest.raises(ExecutionFailed, match="b") as failed:
        world.start(cases=[CASES[0], CASES[0]])
    assert failed.value.element_id == "items"


@pytest.mark.parametrize("cases", ["text", 3, None])
def test_a_collection_that_is_none_fails_at_the_call(make_world: MakeWorld, cases: object) -> None:
    world = make_world(many())
    with pytest.raises(ExecutionFailed) as failed:
        world.start(cases=cases)
    assert failed.value.element_id == "items"


def test_a_child_that_ends_at_once_lets_the_parent_go_on_in_the_same_command(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            process(
                "main", start(), call("one", "quick"), call("two", "quick"), end(), flows="start > one > two > end"
            ),
            process("quick", start(), end(), flows="start > end"),
        )
    )
    world.start()
    assert world.status is Status.COMPLETED
    assert len(world.seen(InstanceEnded)) == 3


def test_three_levels_end_in_one_command(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            process("main", start(), call("a", "middle", outputs="x"), end(), flows="start > a > end"),
            process("middle", start(), call("b", "child", outputs="x==decision"), end(), flows="start > b > end"),
            CHILD,
        )
    )
    world.start()
    world.complete("work", decision=7)
    assert world.status is Status.COMPLETED
    assert world.data == {"x": 7}
    assert [ended.outputs for ended in world.seen(InstanceEnded)] == [{"x": 7}, {"x": 7}, {"x": 7}]


def test_a_loop_back_to_the_call_starts_new_instances(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            process(
                "main",
                start(),
                gateway("again"),
                call("one", "child", outputs="decision", key="k"),
                gateway("enough", default="end"),
                end(),
                flows="start > again > one > enough > end\nenough > again : decision == 'more'",
            ),
            CHILD,
        )
    )
    world.start()
    ids = set()
    for decision in ("more", "more", "done"):
        ids.add(world.task("work", "k").instance_id)
        world.complete("work", "k", decision=decision)
    assert len(ids) == 3
    assert world.status is Status.COMPLETED


def test_a_child_cancelled_by_hand_counts_as_ended_without_result(make_world: MakeWorld) -> None:
    world = make_world(many())
    world.start(cases=CASES)
    world.complete("work", "a", decision=1)
    world.cancel(world.child("b"), "withdrawn")
    assert world.seen(SubtreeCancelled) == [SubtreeCancelled(world.child("b"), "withdrawn")]
    world.cancel(world.child("c"))
    assert world.open_tasks == ["after"]
    assert world.data["decisions"] == {"a": {"decision": 1, "department": "y"}}


def test_cancelling_the_root_names_it_once_for_the_set_based_act(make_world: MakeWorld) -> None:
    world = make_world(many())
    world.start(cases=CASES)
    world.cancel(reason="void")
    assert world.last.happenings == (SubtreeCancelled(ROOT, "void"),)
    assert {snapshot.status for snapshot in world.snapshots.values()} == {Status.CANCELLED}
    assert world.open_tasks == []


def test_what_takes_the_call_away_takes_each_live_child_away_and_no_ended_one(make_world: MakeWorld) -> None:
    world = withdrawable(make_world)
    world.complete("work", "b", decision=1)
    live = {world.child("a"), world.child("c")}
    world.send("withdrawn")
    assert {happening.instance_id for happening in world.seen(SubtreeCancelled)} == live
    assert world.open_tasks == ["close"]
    assert world.snapshots[world.child("b")].status is Status.COMPLETED


def withdrawable(make_world: MakeWorld) -> World:
    world = make_world(
        diagram(
            declared(messages="withdrawn"),
            process(
                "main",
                start(),
                subprocess(
                    "stage",
                    start("inner_start"),
                    call("items", "child", each("cases", "case"), key="=case['code']"),
                    end("inner_end"),
                    flows="inner_start > items > inner_end",
                ),
                boundary("withdrawal", "stage", message("withdrawn")),
                user("close"),
                end(),
                flows="start > stage > end\nwithdrawal > close > end",
            ),
            CHILD,
        )
    )
    world.start(cases=CASES)
    return world


def test_a_terminate_end_event_takes_children_away(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            process(
                "main",
                start(),
                gateway("fork", "parallel"),
                user("stop"),
                call("items", "child", each("cases", "case"), key="=case['code']"),
                end("stopped", TERMINATE),
                end(),
                flows="start > fork > stop > stopped\nfork > items > end",
            ),
            CHILD,
        )
    )
    world.start(cases=CASES)
    world.complete("stop")
    assert len(world.seen(SubtreeCancelled)) == 3
    assert world.status is Status.COMPLETED


def test_children_started_and_taken_away_in_one_command_are_cancelled(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            declared(escalations="STOP"),
            process(
                "main",
                start(),
                call("items", "middle", each("cases", "case"), key="=case['code']", inputs="case"),
                boundary("stopped", "items", '<escalationEventDefinition escalationRef="escalation_STOP"/>'),
                user("close"),
                end(),
                flows="start > items > end\nstopped > close > end",
            ),
            process(
                "middle",
                start(),
                gateway("which", default="one"),
                call("one", "child"),
                end(),
                end("stop", '<escalationEventDefinition escalationRef="escalation_STOP"/>'),
                flows="start > which > one > end\nwhich > stop : case['code'] == 'c'",
            ),
            CHILD,
        )
    )
    world.start(cases=CASES)
    assert world.open_tasks == ["close"]
    cancelled = [s for s in world.snapshots.values() if s.status is Status.CANCELLED]
    assert sorted(snapshot.process for snapshot in cancelled) == ["child", "child", "middle", "middle"]
    for snapshot in cancelled:
        assert snapshot == next(new for new in world.last.snapshots if new.id == snapshot.id)


def test_a_process_that_nobody_has_fails_at_its_call(make_world: MakeWorld) -> None:
    world = make_world(diagram(process("main", start(), call("one", "missing"), end(), flows="start > one > end")))
    with pytest.raises(ExecutionFailed, match="missing") as failed:
        world.start()
    assert failed.value.element_id == "one"


def test_endless_calls_stop_at_a_budget(make_world: MakeWorld) -> None:
    world = make_world(diagram(process("main", start(), call("one", "main"), end(), flows="start > one > end")))
    with pytest.raises(ExecutionFailed, match="子流程"):
        world.start()


def test_parent_and_child_count_one_version_a_command(make_world: MakeWorld) -> None:
    world = make_world(many())
    world.start(cases=CASES)
    world.complete("work", "a")
    assert (world.snapshots[ROOT].version, world.snapshots[world.child("a")].version) == (2, 2)
    assert world.snapshots[world.child("b")].version == 1
