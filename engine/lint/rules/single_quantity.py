"""Only one token starts an activity, and one leaves it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import ACTIVITIES, Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes(*ACTIVITIES):
        for attribute in ("startQuantity", "completionQuantity"):
            if node.element.get(attribute, "1") != "1":
                yield Problem(node, f"{attribute} 不起作用", "删除它；要重复的用多实例，要等齐的用并行网关")
