"""A task without a kind says neither who does it nor what is done; the engine would let anybody complete it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("task"):
        yield Problem(node, "任务没有类型，运行时没有人能办理", "由人办理的改为用户任务，由系统完成的改为服务任务")
