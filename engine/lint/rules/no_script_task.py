"""Code in a diagram is never executed."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("scriptTask"):
        yield Problem(node, "不执行图中的脚本", "改为服务任务，选择已登记的操作")
