"""A process that calls itself, directly or through others, never returns."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    calls: dict[str, set[str]] = {process: set() for process in model.processes}
    for node in model.nodes("callActivity"):
        calls.setdefault(node.scope.process.id, set()).add(node.element.get("calledElement", ""))
    try:
        TopologicalSorter(calls).prepare()
    except CycleError as cycle:
        way = [str(process) for process in reversed(cycle.args[1])]
        message = f"流程反复调用自己：{' → '.join(way[:10])}"
        yield Problem(model.processes[way[0]], message, "改为环路加网关，或把重复的部分画成多实例")
