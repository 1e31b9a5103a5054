"""A standard loop hides its condition in a property; a drawn loop shows it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for element in model.elements("standardLoopCharacteristics"):
        yield Problem(element, "不执行标准循环", "用排他网关画出回到前面的连线，条件写在线上")
