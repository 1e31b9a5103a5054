"""A scope without an end event does not say how it is settled."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for scope in model.scopes:
        if scope.nodes and scope.kind != "adHocSubProcess" and not any(node.kind == "endEvent" for node in scope.nodes):
            yield Problem(scope, "没有结束事件", "在每条路径的末尾画结束事件")
