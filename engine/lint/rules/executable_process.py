"""The engine leaves out a process that says it is not executable."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model, flag
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for process in model.processes.values():
        if process.nodes and not flag(process.element, "isExecutable", default=True):
            yield Problem(process, "流程标为不可执行", "在流程属性中勾选“可执行”（isExecutable）")
