"""What a repeated activity should throw after one or each instance is not executed."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model, bpmn
from engine.lint.problem import Problem

IGNORED = ("complexBehaviorDefinition",)


def check(model: Model) -> Iterator[Problem]:
    for loop in model.elements("multiInstanceLoopCharacteristics"):
        behavior = loop.get("behavior", "All")
        if behavior != "All" or any(loop.find(bpmn(name)) is not None for name in IGNORED):
            mend = "删除 behavior；提前结束的用完成条件（completionCondition）"
            yield Problem(loop, f"多实例的 behavior“{behavior}”不起作用", mend)
