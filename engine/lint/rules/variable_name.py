"""A name that expressions cannot read, or that the engine needs for itself, loses its value."""

from __future__ import annotations

from collections.abc import Iterator

from engine.expressions import is_variable
from engine.lint.model import Model
from engine.lint.problem import Problem
from engine.lint.texts import variables


def check(model: Model) -> Iterator[Problem]:
    for written in variables(model):
        if written.text and not is_variable(written.text):
            mend = "用字母或汉字开头，只含字母、汉字、数字和下划线，并避开 len、any、typename 等保留字"
            yield Problem(written.element, f"“{written.text[:40]}”不能作变量名", mend)
