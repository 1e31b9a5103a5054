"""A node that no token reaches is never done, and nobody would notice."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model, Node, Scope
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for scope in model.scopes:
        if scope.kind == "adHocSubProcess" or not scope.starts():
            continue
        reached = _reached(scope)
        for node in scope.nodes:
            if node not in reached:
                yield Problem(node, "从开始事件到不了这里", "补上连线，或删除它")


def _reached(scope: Scope) -> set[Node]:
    rest = [node for node in scope.nodes if _begins(node)]
    reached: set[Node] = set()
    while rest:
        node = rest.pop()
        if node not in reached:
            reached.add(node)
            rest.extend(node.successors())
            rest.extend(node.boundaries())
    return reached


def _begins(node: Node) -> bool:
    """Whether tokens appear here, or another rule says why none do."""
    lost_link = node.kind == "intermediateCatchEvent" and node.trigger == "link"
    lost_boundary = node.kind == "boundaryEvent" and node.element.get("attachedToRef") not in node.scope.by_id
    return node.kind == "startEvent" or node.is_event_sub_process or lost_link or lost_boundary
