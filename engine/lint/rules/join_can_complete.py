"""Where only one token can come, a join that waits for several waits for ever."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import GATEWAYS, Model, Node, flag
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for scope in model.scopes:
        before: dict[Node, list[Node]] = {}
        for node in scope.nodes:
            for after in (*node.successors(), *node.boundaries()):
                before.setdefault(after, []).append(node)
        for join in scope.nodes:
            if join.kind == "parallelGateway" and len(join.incoming) > 1 and not _several_can_come(join, before):
                mend = "前面是排他网关分开的，用排他网关汇合；要同时办理的，前面用并行网关分开"
                yield Problem(join, "并行网关要等齐每条入线，而前面只会走其中一条，流程会停在这里", mend)


def _several_can_come(join: Node, before: dict[Node, list[Node]]) -> bool:
    rest, seen = [*before.get(join, [])], {join}
    while rest:
        node = rest.pop()
        if node not in seen:
            if _multiplies(node):
                return True
            seen.add(node)
            rest.extend(before.get(node, []))
    return False


def _multiplies(node: Node) -> bool:
    if node.kind in GATEWAYS:
        return len(node.outgoing) > 1 and node.kind in ("parallelGateway", "inclusiveGateway", "complexGateway")
    beside = any(not flag(event.element, "cancelActivity", default=True) for event in node.boundaries())
    return beside or len(node.outgoing) > 1
