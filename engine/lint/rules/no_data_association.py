"""Data moves only through declared inputs and outputs; a data association would fail when its data object is empty."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem

MEND = "用 bl:input、bl:output 声明输入输出；只作说明的用普通关联线（association）相连"
NAMES = ("dataInputAssociation", "dataOutputAssociation", "ioSpecification")


def check(model: Model) -> Iterator[Problem]:
    for element in model.elements(*NAMES):
        yield Problem(
            element,
            "数据关联不会执行",
            MEND,
        )
