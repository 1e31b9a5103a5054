"""A role that nobody can hold leaves the task on nobody's list."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import PERSONAL, Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes(*PERSONAL):
        role = node.declared("task", "role")
        if role and role not in model.registry.roles:
            yield Problem(node, f"没有“{role}”这个角色", "改为平台已有的角色")
