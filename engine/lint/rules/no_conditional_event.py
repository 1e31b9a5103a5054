"""Nobody watches a condition while a case waits."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes():
        if node.trigger == "conditional":
            yield Problem(node, "条件事件不会被触发", "改为消息或信号事件，由使条件成立的那一步发出；或改用排他网关")
