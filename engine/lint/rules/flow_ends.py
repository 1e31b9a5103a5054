"""A sequence flow joins two nodes of one scope, from one that gives tokens to one that takes them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Flow, Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for scope in model.scopes:
        for flow in scope.flows:
            message = _wrong(flow)
            if message:
                yield Problem(flow, message, "重新画这条线；跨子流程、跨泳池之间不能用顺序流，用事件或消息")


def _wrong(flow: Flow) -> str:
    for end, node in (("sourceRef", flow.source), ("targetRef", flow.target)):
        if node is None:
            return f"连线的一端“{flow.element.get(end, '')}”不在同一层流程中"
        if node.is_event_sub_process:
            return f"事件子流程“{node.name or node.id}”不能有连线，它由自己的开始事件触发"
    if flow.source is not None and flow.source.kind == "endEvent":
        return "结束事件之后不能有连线"
    if flow.target is not None and flow.target.kind in ("startEvent", "boundaryEvent"):
        return "开始事件和边界事件之前不能有连线"
    return ""
