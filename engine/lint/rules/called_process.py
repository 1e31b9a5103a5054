"""A call activity starts a process of the same release."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("callActivity"):
        called = node.element.get("calledElement", "")
        if called not in model.processes or not called:
            message = f"调用的流程“{called}”不存在" if called else "没有指明调用哪个流程"
            yield Problem(node, message, "在 calledElement 中填写本流程包中某个流程的 id")
