"""A transaction promises an undo that nobody performs."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("transaction"):
        yield Problem(node, "事务子流程的撤销不会执行", "改为普通子流程，用错误边界事件引到撤销的步骤")
