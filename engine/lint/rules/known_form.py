"""A form that is not in the pack cannot be filled in."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import PERSONAL, Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes(*PERSONAL):
        form = node.declared("task", "form")
        if form and form not in model.registry.forms:
            yield Problem(node, f"表单“{form}”不在地区包中", "改为包中已有的表单名，或把表单加入包中")
