"""Timers, messages, signals, milestones and the event-based gateway."""

from __future__ import annotations

from uuid import UUID

import pytest

from engine import DataInvalid, ExecutionFailed, NotWaiting, Outcome, Status
from engine.happenings import (
    LimitCleared,
    LimitSet,
    MessageCleared,
    MessageExpected,
    MessageThrown,
    MilestoneReached,
    SignalThrown,
)
from tests.unit.engine.conftest import MakeWorld
from tests.unit.engine.diagrams import (
    boundary,
    catch,
    declared,
    diagram,
    end,
    gateway,
    message,
    process,
    signal,
    start,
    subprocess,
    throw,
    timer,
    user,
)
from tests.unit.engine.world import ROOT

WAITING = diagram(
    process("main", start(), catch("wait", timer("=limit")), user("after"), end(), flows="start > wait > after > end")
)


def guarded(limit: str, interrupting: bool) -> bytes:
    return diagram(
        process(
            "main",
            start(),
            user("work"),
            boundary("late", "work", timer(limit), interrupting),
            user("remind"),
            user("after"),
            end(),
            flows="start > work > after > end\nlate > remind > end",
        )
    )


def test_an_intermediate_timer_keeps_its_limit_text_until_it_fires(make_world: MakeWorld) -> None:
    world = make_world(WAITING)
    world.start(limit="3WD")
    (limit,) = world.seen(LimitSet)
    assert (limit.element_id, limit.kind, limit.limit, limit.attached_to) == ("wait", "timer", "3WD", None)
    world.fire("wait")
    assert world.seen(LimitCleared) == [LimitCleared(ROOT, limit.task_id)]
    assert world.open_tasks == ["after"]


def test_a_second_firing_changes_nothing(make_world: MakeWorld) -> None:
    world = make_world(WAITING)
    world.start(limit="3WD")
    timer_id = next(iter(world.limits))
    world.fire("wait")
    version = world.snapshots[ROOT].version
    assert world.fire_id(ROOT, timer_id) == Outcome()
    assert world.fire_id(ROOT, world.task("after").task_id) == Outcome()
    assert world.snapshots[ROOT].version == version
    world.complete("after")
    assert world.fire_id(ROOT, timer_id) == Outcome()


@pytest.mark.parametrize("limit", ["soon", "P1M", "", 3, None])
def test_a_timer_without_a_usable_limit_fails_at_its_element(make_world: MakeWorld, limit: object) -> None:
    world = make_world(WAITING)
    with pytest.raises(ExecutionFailed) as failed:
        world.start(limit=limit)
    assert failed.value.element_id == "wait"


def test_a_boundary_timer_names_the_task_that_it_watches(make_world: MakeWorld) -> None:
    world = make_world(guarded("1WD", interrupting=False))
    world.start()
    (limit,) = world.seen(LimitSet)
    assert (limit.attached_to, limit.interrupting) == (world.task("work").task_id, False)


def test_a_boundary_timer_fires_once_beside_its_task(make_world: MakeWorld) -> None:
    world = make_world(guarded("1WD", interrupting=False))
    world.start()
    world.fire("late")
    assert world.open_tasks == ["remind", "work"]
    assert world.running_limits == {}
    world.complete("work")
    world.complete("remind")
    world.complete("after")
    assert world.status is Status.COMPLETED


def test_an_interrupting_timer_takes_its_task_away(make_world: MakeWorld) -> None:
    world = make_world(guarded("1WD", interrupting=True))
    world.start()
    world.fire("late")
    assert world.open_tasks == ["remind"]


def test_a_boundary_timer_may_have_no_limit(make_world: MakeWorld) -> None:
    world = make_world(guarded("=None", interrupting=True))
    world.start()
    assert world.running_limits == {}
    world.complete("work")
    assert world.open_tasks == ["after"]


def test_completing_the_task_clears_its_timer(make_world: MakeWorld) -> None:
    world = make_world(guarded("1WD", interrupting=True))
    world.start()
    timer_id = next(iter(world.limits))
    world.complete("work")
    assert world.seen(LimitCleared) == [LimitCleared(ROOT, timer_id)]
    assert world.fire_id(ROOT, timer_id) == Outcome()
    assert world.open_tasks == ["after"]


def test_a_message_is_awaited_delivered_and_no_longer_awaited(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            declared(messages="papers"),
            process(
                "main",
                start(),
                '<receiveTask id="wait" messageRef="message_papers"/>',
                user("after"),
                end(),
                flows="start > wait > after > end",
            ),
        )
    )
    world.start(x=1)
    (expected,) = world.seen(MessageExpected)
    assert (expected.element_id, expected.name) == ("wait", "papers")
    world.send("papers", file="f1")
    assert world.seen(MessageCleared) == [MessageCleared(ROOT, expected.task_id)]
    assert world.data == {"x": 1, "file": "f1"}
    with pytest.raises(NotWaiting, match="papers"):
        world.send("papers")


def two_waits() -> bytes:
    return diagram(
        declared(messages="papers"),
        process(
            "main",
            start(),
            gateway("fork", "parallel"),
            catch("first", message("papers")),
            catch("second", message("papers")),
            end("first_end"),
            end("second_end"),
            flows="start > fork > first > first_end\nfork > second > second_end",
        ),
    )


def test_a_message_goes_to_one_that_waits_the_longest_first(make_world: MakeWorld) -> None:
    world = make_world(two_waits())
    world.start()
    world.send("papers")
    assert [row.element_id for row in world.messages.values()] == ["second"]
    world.send("papers")
    assert world.status is Status.COMPLETED


def test_a_message_may_name_the_one_that_waits(make_world: MakeWorld) -> None:
    world = make_world(two_waits())
    world.start()
    second = next(row.task_id for row in world.messages.values() if row.element_id == "second")
    world.send("papers", task_id=second)
    assert [row.element_id for row in world.messages.values()] == ["first"]
    with pytest.raises(NotWaiting):
        world.send("papers", task_id=UUID(int=9))


def test_a_payload_with_a_reserved_name_is_refused(make_world: MakeWorld) -> None:
    world = make_world(two_waits())
    world.start()
    with pytest.raises(DataInvalid):
        world.send("papers", typename="x")


def test_a_thrown_message_leaves_the_instance_with_its_data(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            declared(messages="news"),
            process(
                "main",
                start(),
                throw("tell", message("news")),
                '<sendTask id="again" messageRef="message_news"/>',
                end("last", message("news")),
                flows="start > tell > again > last",
            ),
        )
    )
    world.start(x=1)
    assert world.seen(MessageThrown) == [
        MessageThrown(ROOT, name, "news", {"x": 1}) for name in ("tell", "again", "last")
    ]


def test_a_signal_reaches_everything_in_the_instance_that_waits_for_it(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            declared(signals="void other"),
            process(
                "main",
                start(),
                gateway("fork", "parallel"),
                catch("wait", signal("void")),
                subprocess(
                    "inner",
                    start("inner_start"),
                    user("work"),
                    boundary("stopped", "work", signal("void")),
                    end("inner_end"),
                    end("stopped_end"),
                    flows="inner_start > work > inner_end\nstopped > stopped_end",
                ),
                catch("deaf", signal("other")),
                user("throw_it"),
                throw("thrown", signal("void")),
                end(),
                flows="start > fork > wait > end\nfork > inner > end\nfork > deaf > end\n"
                "fork > throw_it > thrown > end",
            ),
        )
    )
    world.start()
    world.complete("throw_it")
    assert world.seen(SignalThrown) == [SignalThrown(ROOT, "thrown", "void")]
    assert [token.element_id for token in world.state(ROOT).tokens] == ["deaf"]
    assert world.signal("void") == Outcome()
    world.signal("other", reason="r")
    assert world.status is Status.COMPLETED
    assert world.data == {"reason": "r"}


def test_a_non_interrupting_signal_is_heard_every_time(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            declared(signals="knock"),
            process(
                "main",
                start(),
                user("work"),
                boundary("heard", "work", signal("knock"), interrupting=False),
                user("answer"),
                end(),
                flows="start > work > end\nheard > answer > end",
            ),
        )
    )
    world.start()
    for count in (1, 2, 3):
        world.signal("knock")
        assert world.open_tasks == ["answer"] * count + ["work"]
    world.complete("work")
    assert world.signal("knock") == Outcome()


@pytest.mark.parametrize("first", ["papers", "late"])
def test_the_first_event_behind_an_event_gateway_takes_the_token(make_world: MakeWorld, first: str) -> None:
    world = make_world(
        diagram(
            declared(messages="papers"),
            process(
                "main",
                start(),
                gateway("which", "eventBased"),
                catch("papers", message("papers")),
                catch("late", timer("5WD")),
                user("read"),
                user("close"),
                end(),
                flows="start > which > papers > read > end\nwhich > late > close > end",
            ),
        )
    )
    world.start()
    if first == "papers":
        world.send("papers")
    else:
        world.fire("late")
    assert world.open_tasks == [{"papers": "read", "late": "close"}[first]]
    assert world.running_limits == {}
    assert world.messages == {}


def test_a_milestone_is_told_once_when_it_is_passed(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            process(
                "main",
                start(),
                throw("passed", milestone="stage_completed"),
                throw("plain"),
                end(),
                flows="start > passed > plain > end",
            )
        )
    )
    world.start()
    assert world.seen(MilestoneReached) == [MilestoneReached(ROOT, "passed", "stage_completed")]


def test_a_boundary_event_goes_before_what_is_ready_inside_its_sub_process(make_world: MakeWorld) -> None:
    """Stock SpiffWorkflow drains the sub-process first, so that cancelled work would still be done (D8)."""
    world = make_world(
        diagram(
            declared(signals="stop"),
            process(
                "main",
                start(),
                subprocess(
                    "inner",
                    start("inner_start"),
                    user("go"),
                    throw("shout", signal("stop")),
                    throw("too_late", milestone="too_late"),
                    end("inner_end"),
                    flows="inner_start > go > shout > too_late > inner_end",
                ),
                boundary("stopped", "inner", signal("stop")),
                user("after"),
                end(),
                flows="start > inner > end\nstopped > after > end",
            ),
        )
    )
    world.start()
    world.complete("go")
    assert world.seen(MilestoneReached) == []
    assert world.open_tasks == ["after"]
