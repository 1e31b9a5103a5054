"""Children of a repeated call are told apart by their key."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("callActivity"):
        if node.loop is not None and not node.declared("call", "key").startswith("="):
            mend = "在 bl:call 的 key 中写每一项不同的表达式，如 =item['code']"
            yield Problem(node, "多实例调用没有区分各个子流程的键", mend)
