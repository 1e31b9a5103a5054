"""A send task would pass without sending anything."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("sendTask"):
        yield Problem(node, "发送任务不会发出任何内容", "改为消息抛出事件，或改为服务任务（bl:operation）发送")
