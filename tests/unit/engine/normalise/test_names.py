"""What people see of elements that only the interpreter knows."""

from __future__ import annotations

from uuid import UUID

import pytest

from engine import commands
from engine.definitions import prepare
from engine.errors import ExecutionFailed
from engine.normalise import drawn_id, is_synthetic
from engine.normalise.names import MODEL
from tests.unit.engine.normalise.diagrams import flow

BODY = '<startEvent id="s"/><userTask id="a" default="a-c"/><endEvent id="b"/><endEvent id="c"/>'


def test_an_id_of_the_author_is_its_own() -> None:
    assert drawn_id("Task_1") == "Task_1"
    assert not is_synthetic("Task_1")


def test_a_synthetic_id_belongs_to_what_it_stands_beside() -> None:
    assert drawn_id("Task_1~split~more") == "Task_1"
    assert is_synthetic("Task_1~split")


def test_a_condition_that_fails_is_blamed_on_the_activity_that_people_see() -> None:
    flows = flow("s", "a") + flow("a", "b", condition="missing == 1") + flow("a", "c")
    text = f'<definitions xmlns="{MODEL}" targetNamespace="t"><process id="p">{BODY}{flows}</process></definitions>'
    definitions = prepare({"d.bpmn": text.encode()})
    [snapshot] = commands.start(definitions, {}, UUID(int=1), "p", {}).snapshots
    [task] = commands.inspect(definitions, snapshot).tokens
    with pytest.raises(ExecutionFailed) as failure:
        commands.complete(definitions, {snapshot.id: snapshot}, snapshot.id, task.task_id, {})
    assert failure.value.element_id == "a"
