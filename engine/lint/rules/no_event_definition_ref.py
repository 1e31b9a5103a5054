"""A trigger defined elsewhere in the file is not looked up: the event would have none."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for element in model.elements("eventDefinitionRef"):
        yield Problem(element, "引用的事件定义（eventDefinitionRef）不起作用", "把触发条件直接写在事件里")
