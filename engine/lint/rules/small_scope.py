"""The engine follows the flow of a scope recursively; a scope of this size could not be read by people either."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem

MOST_NODES = 150


def check(model: Model) -> Iterator[Problem]:
    for scope in model.scopes:
        if len(scope.nodes) > MOST_NODES:
            message = f"一层流程中有 {len(scope.nodes)} 个节点，超过 {MOST_NODES} 个"
            yield Problem(scope, message, "把一部分移入子流程或调用活动")
