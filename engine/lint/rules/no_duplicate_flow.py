"""Two flows between the same two nodes would do the next step twice."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes():
        seen = set()
        for flow in node.outgoing:
            if flow.target in seen:
                yield Problem(flow, "这两个节点之间已有一条连线", "删除多余的一条；条件不同的，用 or 合并成一个条件")
            seen.add(flow.target)
