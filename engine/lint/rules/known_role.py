"""A role that nobody can hold leaves the task on nobody's list."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import PERSONAL, Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes(*PERSONAL):
        task = node.extension("task")
        copies = [] if task is None else [copy.get("role") for copy in task.iterchildren("{*}copy")]
        for role in (node.declared("task", "role"), *copies):
            if role and role not in model.registry.roles:
                yield Problem(node, f"没有“{role}”这个角色", "改为平台已有的角色")
