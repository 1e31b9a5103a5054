"""A scope of this size could not be read by people, and would take long to prepare."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem

MOST_NODES = 200
MOST_FLOWS = 400


def check(model: Model) -> Iterator[Problem]:
    for scope in model.scopes:
        if len(scope.nodes) > MOST_NODES or len(scope.flows) > MOST_FLOWS:
            message = f"一层流程中有 {len(scope.nodes)} 个节点、{len(scope.flows)} 条连线，太多了"
            mend = f"一层最多 {MOST_NODES} 个节点、{MOST_FLOWS} 条连线，把一部分移入子流程或调用活动"
            yield Problem(scope, message, mend)
