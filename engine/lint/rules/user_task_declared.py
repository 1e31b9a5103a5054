"""A user task without a role and an organisation appears on nobody's list."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import PERSONAL, Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes(*PERSONAL):
        if node.extension("task") is None:
            yield Problem(node, "没有指明由谁办理", "在任务属性中填写角色和机构（bl:task 的 role 和 organisation）")
