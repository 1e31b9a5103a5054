"""Without exactly one start event nobody can say where a case begins."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for scope in model.scopes:
        if scope.kind == "adHocSubProcess" or not (scope.nodes or scope.parent):
            continue
        starts = scope.starts()
        if not starts:
            yield Problem(scope, "没有开始事件", "加一个开始事件，连到第一步")
        for start in starts[1:]:
            yield Problem(start, "多出一个开始事件", "只留一个开始事件，用排他网关分开不同的开头")
