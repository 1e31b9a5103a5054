"""A guard that is not registered would guard nothing."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import PERSONAL, Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes(*PERSONAL):
        guard = node.declared("task", "guard")
        if guard and guard not in model.registry.guards:
            yield Problem(node, f"前置条件“{guard}”没有登记", "改为已登记的前置条件名，或删除 guard")
