"""People see the name of a task on their list."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import PERSONAL, Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes(*PERSONAL, "callActivity"):
        if not node.name.strip():
            yield Problem(node, "没有名称，办理人看到的是 id", "给它起一个名称", severity="note")
