"""A loop in which nothing waits would run for ever inside one request."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from engine.lint.model import GATEWAYS, SUB_PROCESSES, Model, Node, Scope
from engine.lint.problem import Problem

AUTOMATIC = GATEWAYS - {"eventBasedGateway"} | {"startEvent", "intermediateThrowEvent", "sendTask"}


def check(model: Model) -> Iterator[Problem]:
    passed: set[Node] = set()
    for scope in reversed(model.scopes):  # inner before outer
        graph = {node: list(node.successors()) for node in scope.nodes if _is_automatic(node, passed)}
        if scope.node is not None and _passes(scope, graph):
            passed.add(scope.node)
        inner = {node: [after for after in following if after in graph] for node, following in graph.items()}
        try:
            TopologicalSorter(inner).prepare()
        except CycleError as cycle:
            nodes: list[Node] = cycle.args[1]
            way = "、".join(node.name or node.id for node in nodes[1:][:10])
            yield Problem(
                nodes[0], f"环路中没有等待的步骤，会一直自动执行：{way}", "在环路中加用户任务、定时或消息事件"
            )


def _is_automatic(node: Node, passed: set[Node]) -> bool:
    if node.kind in SUB_PROCESSES:
        return node in passed
    if node.kind == "serviceTask":
        operation = node.extension("operation")
        return operation is None or operation.get("mode") != "remote"
    return node.kind in AUTOMATIC or (node.kind == "intermediateCatchEvent" and node.trigger == "link")


def _passes(scope: Scope, graph: dict[Node, list[Node]]) -> bool:
    rest, seen = list(scope.starts()), set[Node]()
    while rest:
        node = rest.pop()
        if node.kind == "endEvent":
            return True
        if node in graph and node not in seen:
            seen.add(node)
            rest.extend(graph[node])
    return False
