"""An error or escalation can come only from what throws one: a sub-process or a called process."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem

THROWS = {
    "error": frozenset({"subProcess", "callActivity", "serviceTask"}),
    "escalation": frozenset({"subProcess", "callActivity"}),
}


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("boundaryEvent"):
        host = node.scope.by_id.get(node.element.get("attachedToRef", ""))
        if host is not None and node.trigger in THROWS and host.kind not in THROWS[node.trigger]:
            word = "错误" if node.trigger == "error" else "升级"
            mend = "用任务的输出和排他网关表达不同结果；要监视期限的用定时边界事件"
            yield Problem(node, f"所附着的步骤不会抛出{word}，这个事件不会发生", mend)
