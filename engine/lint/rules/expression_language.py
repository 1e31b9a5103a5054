"""An expression of another language would be read as one of ours."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem
from engine.lint.texts import ALWAYS_EXPRESSIONS, TIMES


def check(model: Model) -> Iterator[Problem]:
    for element in model.elements(*ALWAYS_EXPRESSIONS, *TIMES):
        if element.get("language"):
            yield Problem(element, f"表达式语言“{element.get('language')}”不执行", "删除 language，按本平台的写法改写")
