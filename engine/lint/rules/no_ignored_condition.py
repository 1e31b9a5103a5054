"""A condition where nothing is chosen would be ignored."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import ACTIVITIES, Model, Node
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes():
        for flow in node.outgoing:
            if flow.condition is not None and not _chooses(node):
                yield Problem(flow, "这条线上的条件不起作用", "删除条件；要选择的用网关，并画出另一条出线")


def _chooses(node: Node) -> bool:
    return len(node.outgoing) > 1 and node.kind in ACTIVITIES | {"exclusiveGateway", "inclusiveGateway"}
