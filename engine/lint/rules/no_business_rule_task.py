"""There is no decision engine; the rule would not be evaluated."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("businessRuleTask"):
        yield Problem(node, "业务规则任务不会执行", "用排他网关的条件表达规则，或改为服务任务并选择已登记的操作")
