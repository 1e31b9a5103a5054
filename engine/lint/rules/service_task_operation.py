"""A service task without an operation does nothing and never ends."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("serviceTask"):
        if node.extension("operation") is None:
            yield Problem(node, "没有指明做什么，流程会停在这里", "在任务属性中选择操作（bl:operation 的 name）")
