"""A milestone is passed at a plain throw event; one with a trigger throws something else."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("intermediateThrowEvent"):
        if node.trigger != "none" and node.extension("milestone") is not None:
            yield Problem(node, "里程碑只能放在无类型的中间抛出事件上", "另画一个无类型的中间抛出事件")
