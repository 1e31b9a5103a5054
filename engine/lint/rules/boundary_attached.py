"""A boundary event watches one activity of its own scope."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import ACTIVITIES, Model, flag
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("boundaryEvent"):
        host = node.scope.by_id.get(node.element.get("attachedToRef", ""))
        if host is None or host.kind not in ACTIVITIES:
            yield Problem(node, "边界事件没有附着在同一层的任务、子流程或调用活动上", "拖到要监视的步骤的边上")
        if node.trigger == "error" and not flag(node.element, "cancelActivity", default=True):
            yield Problem(node, "错误边界事件总是中断", "改为中断，或改用升级")
