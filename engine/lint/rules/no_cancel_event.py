"""A cancel event belongs to a transaction, and there are none."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes():
        if node.trigger == "cancel":
            yield Problem(node, "取消事件不会执行", "改为错误事件（errorEventDefinition）")
