"""What has no id can be neither connected nor found again in a running case."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Flow, Model, Node, Scope
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for scope in model.scopes:
        parts: list[Scope | Node | Flow] = [*scope.nodes, *scope.flows]
        for part in [scope, *parts] if scope.parent is None else parts:
            if not part.id:
                yield Problem(part, "元素没有 id", "补上一个在文件中唯一的 id")
