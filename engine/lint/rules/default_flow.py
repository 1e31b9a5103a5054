"""When no condition holds and no flow is the default one, the case fails at this point."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import ACTIVITIES, Model, Node
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes():
        default = node.element.get("default")
        flows = {flow.id: flow for flow in node.outgoing}
        if default is None:
            if _needs_default(node):
                yield Problem(node, "没有默认流，条件都不成立时流程会中断", "把其中一条出线设为默认流")
        elif default not in flows:
            yield Problem(node, f"默认流“{default}”不是它的出线", "重新选择默认流")
        elif flows[default].condition is not None:
            yield Problem(flows[default], "默认流上的条件不起作用", "删除这条线上的条件")


def _needs_default(node: Node) -> bool:
    if node.kind in ("exclusiveGateway", "inclusiveGateway"):
        return len(node.outgoing) > 1
    conditional = [flow for flow in node.outgoing if flow.condition is not None]
    return node.kind in ACTIVITIES and len(conditional) == len(node.outgoing) > 1
