"""A receive task that should start the process would never be reached by a message."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model, flag
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("receiveTask"):
        if flag(node.element, "instantiate"):
            yield Problem(node, "接收任务不能启动流程", "删除 instantiate，在前面画开始事件")
