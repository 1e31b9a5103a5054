"""Not every trigger has a meaning at every kind of event; where it has none, it would never happen."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import EVENTS, Model
from engine.lint.problem import Problem

CATCHES = frozenset({"message", "timer", "signal"})
TRIGGERS = {
    "startEvent": CATCHES | {"none", "error", "escalation"},
    "endEvent": frozenset({"none", "message", "signal", "error", "escalation", "terminate"}),
    "intermediateThrowEvent": frozenset({"none", "message", "signal", "escalation", "link"}),
    "intermediateCatchEvent": CATCHES | {"link"},
    "boundaryEvent": CATCHES | {"error", "escalation"},
}
REFUSED_BY_NAME = frozenset({"conditional", "cancel", "compensate"})
WORDS = {
    "startEvent": "开始事件",
    "endEvent": "结束事件",
    "intermediateThrowEvent": "中间抛出事件",
    "intermediateCatchEvent": "中间捕获事件",
    "boundaryEvent": "边界事件",
}


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes(*EVENTS):
        if node.trigger not in TRIGGERS[node.kind] | REFUSED_BY_NAME:
            allowed = "、".join(sorted(TRIGGERS[node.kind]))
            yield Problem(node, f"{WORDS[node.kind]}不能是 {node.trigger} 类型", f"可用的类型：{allowed}")
