"""An expression that does not compile would stop the case at this point."""

from __future__ import annotations

from collections.abc import Iterator

from engine.expressions import ExpressionInvalid, compile_expression
from engine.lint.model import Model
from engine.lint.problem import Problem
from engine.lint.texts import expressions


def check(model: Model) -> Iterator[Problem]:
    for written in expressions(model):
        try:
            compile_expression(written.text)
        except ExpressionInvalid as invalid:
            yield Problem(
                written.element, f"表达式写法不对：{invalid}", "按提示改写，可用的写法见 docs/rules/valid-expression.md"
            )
