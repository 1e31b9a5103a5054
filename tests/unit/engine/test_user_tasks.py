"""User tasks: what is evaluated when they open, what enters the data, and when they close."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from engine import DataInvalid, ExecutionFailed, NotWaiting, Status
from engine.happenings import LimitCleared, LimitSet, TaskClosed, TaskOpened
from tests.unit.engine.conftest import MakeWorld
from tests.unit.engine.diagrams import (
    TERMINATE,
    boundary,
    declared,
    diagram,
    end,
    gateway,
    message,
    process,
    start,
    timer,
    user,
)
from tests.unit.engine.world import ROOT


def two_tasks(**attributes: str) -> bytes:
    return diagram(
        process(
            "main", start(), user("first", **attributes), user("second"), end(), flows="start > first > second > end"
        )
    )


def test_a_task_opens_with_everything_evaluated(make_world: MakeWorld) -> None:
    world = make_world(
        two_tasks(
            role="officer",
            organisation="=item['department']",
            form="review",
            guard="materials_passed",
            limit="=item['limit']",
            timeout="remind",
        )
    )
    world.start(item={"department": "bureau", "limit": "5WD"})
    opened, limit = world.seen()
    assert isinstance(opened, TaskOpened)
    assert (opened.instance_id, opened.element_id, opened.name) == (ROOT, "first", "first")
    assert (opened.role, opened.organisation, opened.form, opened.guard) == (
        "officer",
        "bureau",
        "review",
        "materials_passed",
    )
    assert opened.data == {"item": {"department": "bureau", "limit": "5WD"}}
    assert limit == LimitSet(ROOT, opened.task_id, "first", "task", "5WD", timeout="remind")


def test_completing_says_who_reads_a_copy(make_world: MakeWorld) -> None:
    copied = '<bl:output name="settled"/><bl:copy role="department_head" organisation="=settled"/></bl:task>'
    text = two_tasks(role="officer", organisation="bureau").decode()
    world = make_world(text.replace("</bl:task>", copied, 1).encode())
    world.start()
    world.complete("first", settled="other")
    (closed,) = world.seen(TaskClosed)
    assert closed.copies == (("department_head", "other"),)


def test_completing_closes_the_task_and_its_limit_before_the_next_opens(make_world: MakeWorld) -> None:
    world = make_world(two_tasks(limit="1WD"))
    world.start()
    first = world.task("first").task_id
    world.complete("first")
    closed, cleared, opened = world.seen()
    assert closed == TaskClosed(ROOT, first, "first", cancelled=False)
    assert cleared == LimitCleared(ROOT, first)
    assert opened.element_id == "second"
    world.complete("second")
    assert world.status is Status.COMPLETED


def test_only_declared_fields_enter_the_data(make_world: MakeWorld) -> None:
    world = make_world(two_tasks(outputs="decision amount==len(items) late==bound"))
    world.start(bound="x")
    world.complete("first", decision="accept", items=[1, 2, 3], secret="s")
    assert world.data == {"bound": "x", "decision": "accept", "amount": 3, "late": "x"}


def test_a_declared_field_that_is_missing_enters_as_none_and_does_not_keep_an_older_value(
    make_world: MakeWorld,
) -> None:
    world = make_world(two_tasks(outputs="decision"))
    world.start(decision="older")
    world.complete("first")
    assert world.data == {"decision": None}


def test_a_limit_expression_that_gives_nothing_sets_no_limit(make_world: MakeWorld) -> None:
    world = make_world(two_tasks(limit="=limit"))
    world.start(limit=None)
    assert world.running_limits == {}
    world.complete("first")
    assert world.seen(LimitCleared) == []


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"limit": "=limit"}, "soon"),
        ({"organisation": "=amount"}, "organisation"),
        ({"organisation": "=nothing"}, "nothing"),
    ],
)
def test_an_attribute_that_cannot_be_used_fails_at_its_element(
    make_world: MakeWorld, attributes: dict[str, str], reason: str
) -> None:
    world = make_world(two_tasks(**attributes))
    with pytest.raises(ExecutionFailed) as failed:
        world.start(limit="soon", amount=3)
    assert failed.value.element_id == "first"
    assert reason in failed.value.reason
    assert "Traceback" in failed.value.trace


def test_a_task_is_completed_once(make_world: MakeWorld) -> None:
    world = make_world(two_tasks())
    world.start()
    first = world.task("first").task_id
    world.complete("first")
    for task_id in (first, UUID(int=7)):
        with pytest.raises(NotWaiting):
            world.complete_id(ROOT, task_id)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(Decimal(1), id="decimal"),
        pytest.param({1}, id="set"),
        pytest.param(float("nan"), id="not a number"),
        pytest.param({"deep": [{"x": Decimal(1)}]}, id="nested decimal"),
        pytest.param(2**53, id="54 bits"),
        pytest.param([UUID(int=1)], id="nested id"),
        pytest.param(date(2026, 1, 1), id="date"),
        pytest.param("\ud800", id="lone surrogate"),
        pytest.param({1: "x"}, id="key that is no text"),
    ],
)
def test_a_field_that_is_no_json_is_refused_by_its_path(make_world: MakeWorld, value: object) -> None:
    world = make_world(two_tasks(outputs="decision"))
    world.start()
    with pytest.raises(DataInvalid) as refused:
        world.complete("first", decision=value)
    assert refused.value.path.startswith("fields.decision")
    world.complete("first", decision=1)
    assert world.data == {"decision": 1}


@pytest.mark.parametrize("name", ["typename", "_private", "len", "sum", "with space", "for", ""])
def test_a_reserved_name_is_refused(make_world: MakeWorld, name: str) -> None:
    world = make_world(two_tasks())
    with pytest.raises(DataInvalid):
        world.start("main", **{name: 1})


def test_an_interrupting_boundary_event_closes_the_task_as_cancelled(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            declared(messages="withdrawn"),
            process(
                "main",
                start(),
                user("work", limit="5WD"),
                boundary("withdrawal", "work", message("withdrawn")),
                boundary("late", "work", timer("3WD"), interrupting=False),
                user("close"),
                user("remind"),
                end(),
                flows="start > work > end\nwithdrawal > close > end\nlate > remind > end",
            ),
        )
    )
    world.start()
    work, late = world.task("work").task_id, next(key for key, row in world.limits.items() if row.element_id == "late")
    world.send("withdrawn", reason="changed plans")
    assert world.seen(TaskClosed) == [TaskClosed(ROOT, work, "work", cancelled=True)]
    assert {happening.task_id for happening in world.seen(LimitCleared)} == {work, late}
    assert world.open_tasks == ["close"]
    assert world.data == {"reason": "changed plans"}


def test_a_terminate_end_event_takes_every_task_and_limit_away(make_world: MakeWorld) -> None:
    world = make_world(
        diagram(
            process(
                "main",
                start(),
                gateway("fork", "parallel"),
                user("stop"),
                user("other", limit="2WD"),
                end("terminated", TERMINATE),
                end(),
                flows="start > fork > stop > terminated\nfork > other > end",
            )
        )
    )
    world.start()
    world.complete("stop")
    assert world.status is Status.COMPLETED
    assert world.open_tasks == []
    assert world.running_limits == {}
