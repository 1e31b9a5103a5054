"""Compensation is never triggered: what it should undo would stay done."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model, flag
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes():
        if flag(node.element, "isForCompensation") or node.trigger == "compensate":
            yield Problem(node, "补偿不会执行", "把撤销画成明确的步骤，用错误或升级边界事件引到那里")
