"""Collecting outputs by position mixes them up and hides the error of a child."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for element in model.elements("loopDataOutputRef", "outputDataItem"):
        mend = "删除输出集合；调用活动用 bl:call 的 results 收集结果，任务用 bl:output"
        yield Problem(element, "多实例的输出集合不可靠", mend)
