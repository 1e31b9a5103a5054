"""Who does a task is said by its role and organisation; a performer would be ignored."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem

NAMES = ("resourceRole", "performer", "humanPerformer", "potentialOwner")


def check(model: Model) -> Iterator[Problem]:
    for element in model.elements(*NAMES):
        yield Problem(element, "办理人声明不起作用", "在任务属性中填写角色和机构（bl:task）")
