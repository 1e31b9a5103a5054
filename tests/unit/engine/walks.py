"""Diagrams for random walks, and what can be done next in a world: everything a caller could do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from engine import Status
from tests.unit.engine.diagrams import (
    TERMINATE,
    boundary,
    call,
    catch,
    declared,
    diagram,
    each,
    end,
    error,
    escalation,
    gateway,
    message,
    operation,
    process,
    signal,
    start,
    subprocess,
    throw,
    timer,
    user,
)
from tests.unit.engine.world import Row, World

NAMES = declared(messages="papers", signals="stop", errors="BROKEN", escalations="REFUSED")
ITEM = process(
    "item",
    start(),
    gateway("again"),
    user("review", outputs="decision", limit="1WD"),
    boundary("late", "review", timer("2WD"), interrupting=False),
    user("remind"),
    gateway("decided", default="approved"),
    catch("supplement", message("papers")),
    end("approved"),
    end("reminded"),
    end("refused", escalation("REFUSED")),
    end("broken", error("BROKEN")),
    flows="start > again > review > decided > approved\nlate > remind > reminded\n"
    "decided > supplement : decision == 1\nsupplement > again\n"
    "decided > refused : decision == 2\ndecided > broken : decision == 3",
)

STAGE = diagram(
    NAMES,
    process(
        "main",
        start(),
        gateway("fork", "parallel"),
        subprocess(
            "line",
            start("line_start"),
            call("items", "item", each("codes", "code"), key="=code", outputs="decision", results="decisions"),
            user("sum_up", outputs="decision"),
            end("line_end"),
            flows="line_start > items > sum_up > line_end",
        ),
        boundary("refusal", "line", escalation("REFUSED"), interrupting=False),
        boundary("failure", "line", error("BROKEN")),
        user("note", outputs="decision"),
        user("repair"),
        call("aside", "item", inputs="decision", outputs="decision"),
        gateway("join", "parallel"),
        user("archive"),
        end(),
        end("noted"),
        end("dropped", TERMINATE),
        flows="start > fork > line > join > archive > end\nfork > aside > join\n"
        "refusal > note > noted\nfailure > repair > dropped",
    ),
    ITEM,
)
LOOPS = diagram(
    NAMES,
    process(
        "main",
        start(),
        gateway("again"),
        gateway("fork", "parallel"),
        user("left", outputs="decision left_answer==decision"),
        user("right", outputs="decision right_answer==decision"),
        boundary("heard", "right", signal("stop"), interrupting=False),
        user("answer", outputs="note==decision"),
        end("answered"),
        gateway("join", "parallel"),
        subprocess(
            "each",
            start("each_start"),
            user("part", outputs="decision"),
            throw("passed", milestone="passed"),
            end("each_end"),
            flows="each_start > part > passed > each_end",
            loop=each("codes", "code", "decision == 3"),
        ),
        gateway("split", "inclusive", default="far"),
        user("near"),
        user("middle"),
        user("far", outputs="decision"),
        gateway("merge", "inclusive"),
        gateway("enough", default="again"),
        end(),
        flows="start > again > fork > left > join > each > split > far > merge > enough > again\nfork > right > join\n"
        "split > near : decision == 1\nsplit > middle : decision > 0\nnear > merge\nmiddle > merge\n"
        "heard > answer > answered\nenough > end : decision == 2",
    ),
)
EVENTS = diagram(
    NAMES,
    process(
        "main",
        start(),
        gateway("again"),
        gateway("which", "eventBased"),
        catch("papers", message("papers")),
        catch("late", timer("3WD")),
        operation("ask", "ask", "remote", outputs="decision"),
        boundary("broken", "ask", error("BROKEN")),
        subprocess(
            "inner",
            start("inner_start"),
            gateway("inner_fork", "parallel"),
            user("first", outputs="first_answer==decision decision"),
            user("second", outputs="second_answer==decision"),
            gateway("inner_split", default="inner_end"),
            end("inner_end"),
            end("second_end"),
            end("inner_stop", TERMINATE),
            end("inner_broken", error("BROKEN")),
            flows="inner_start > inner_fork > first > inner_split > inner_end\ninner_fork > second > second_end\n"
            "inner_split > inner_stop : decision == 1\ninner_split > inner_broken : decision == 2",
        ),
        boundary("stopped", "inner", signal("stop")),
        boundary("inner_failed", "inner", error("BROKEN")),
        user("decide", outputs="decision"),
        gateway("enough", default="end"),
        end(),
        flows="start > again > which > papers > ask > inner > decide > enough > end\nwhich > late > inner\n"
        "broken > decide\nstopped > decide\ninner_failed > decide\nenough > again : decision == 3",
    ),
)
WALKS: Mapping[str, bytes] = {"stage": STAGE, "loops": LOOPS, "events": EVENTS}
START: Mapping[str, Any] = {"codes": ["a", "b"], "decision": 0}

Act = Callable[[World], object]


def possible(world: World) -> list[tuple[str, Act]]:
    """Everything that can be done now, by a name, in an order that depends on the rows alone."""
    acts: list[tuple[str, Act]] = []
    for row in world.tasks.values():
        for decision in range(4):
            acts.append(
                (f"complete {row.element_id} {decision}", partial(World.complete_id, **_ids(row), decision=decision))
            )
    for row in world.limits.values():
        if row.happening.kind == "timer":
            acts.append((f"fire {row.element_id}", partial(World.fire_id, **_ids(row))))
    for row in world.messages.values():
        acts.append((f"send {row.element_id}", partial(World.send, **_ids(row), name=row.happening.name, file="f")))
    for row in world.requests.values():
        acts.append((f"finish {row.element_id}", partial(World.finish, element=row.element_id, decision=2)))
        acts.append((f"fail {row.element_id}", partial(World.fail, element=row.element_id, code="BROKEN")))
    for snapshot in world.snapshots.values():
        if snapshot.status is Status.ACTIVE:
            acts.append((f"signal {snapshot.process}", partial(World.signal, name="stop", instance_id=snapshot.id)))
            if snapshot.parent_id is not None:
                acts.append((f"cancel {snapshot.key}", partial(World.cancel, instance_id=snapshot.id)))
    return acts


def _ids(row: Row) -> dict[str, Any]:
    return {"instance_id": row.instance_id, "task_id": row.task_id}
