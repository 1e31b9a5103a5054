"""A choreography describes several parties, and the engine runs one."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import CHOREOGRAPHY, Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes(*CHOREOGRAPHY):
        yield Problem(node, f"不执行 {node.kind}", "改画为流程：用户任务、消息抛出和捕获事件")
