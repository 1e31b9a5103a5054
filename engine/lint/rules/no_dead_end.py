"""A path that stops without an end event is nearly always a forgotten line."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes():
        ends = node.kind == "endEvent" or node.is_event_sub_process or node.scope.kind == "adHocSubProcess"
        throws_link = node.kind == "intermediateThrowEvent" and node.trigger == "link"
        if not (node.outgoing or ends or throws_link):
            yield Problem(node, "后面没有连线，路径在这里中断", "连到下一步，或连到结束事件")
