"""An operation that is not registered cannot be performed."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("serviceTask"):
        name = node.declared("operation", "name")
        if name and name not in model.registry.operations:
            yield Problem(node, f"操作“{name}”没有登记", "改为已登记的操作名")
