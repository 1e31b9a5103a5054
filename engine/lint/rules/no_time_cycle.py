"""A repeating timer would leave tokens behind that nobody ends."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for element in model.elements("timeCycle"):
        yield Problem(element, "不执行循环定时", "改为时长（timeDuration）；要反复的，画成带定时事件的环路")
