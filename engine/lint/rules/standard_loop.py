"""A loop needs something that ends it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model, Node, bpmn, text_of
from engine.lint.problem import Problem

MOST = 1_000
AUTOMATIC = "serviceTask"


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes():
        loop = node.element.find(bpmn("standardLoopCharacteristics"))
        if loop is None:
            continue
        maximum = loop.get("loopMaximum")
        if maximum is None and not text_of(loop.find(bpmn("loopCondition"))):
            yield Problem(loop, "循环没有条件，也没有最多次数", "填写 loopCondition 或 loopMaximum")
        elif maximum is not None and not (maximum.isdecimal() and len(maximum) < 5 and 1 <= int(maximum) <= MOST):
            yield Problem(loop, f"循环的最多次数“{maximum[:20]}”不对", f"写 1 到 {MOST} 的整数")
        elif maximum is None and _is_automatic(node):
            yield Problem(loop, "自动步骤的循环可能永远不停", "填写最多次数（loopMaximum）")


def _is_automatic(node: Node) -> bool:
    return node.kind == AUTOMATIC and node.declared("operation", "mode") != "remote"
