"""The activation condition of a complex gateway is not executed."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("complexGateway"):
        yield Problem(node, "不执行复杂网关", "用排他、包容或并行网关组合表达")
