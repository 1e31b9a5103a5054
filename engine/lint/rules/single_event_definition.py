"""An event with two triggers is matched by neither the way its author expects."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model, flag
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes():
        if len(node.definitions) > 1 or flag(node.element, "parallelMultiple"):
            yield Problem(node, "一个事件只能有一种触发条件", "拆成几个事件；等待其中之一的用事件网关")
