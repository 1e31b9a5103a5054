"""A limit that cannot be read would never run out."""

from __future__ import annotations

from collections.abc import Iterator

from engine.limits import LimitInvalid, parse_limit
from engine.lint.model import Model, bpmn
from engine.lint.problem import Problem
from engine.lint.texts import TIMES, limits


def check(model: Model) -> Iterator[Problem]:
    for timer in model.elements("timerEventDefinition"):
        times = [timer.find(bpmn(name)) for name in (*TIMES, "timeCycle")]
        if sum(time is not None for time in times) != 1:
            yield Problem(
                timer, "定时事件没有写明时间，或写了几种", "填写时长（timeDuration）或日期（timeDate），二者取一"
            )
    for limit in limits(model):
        try:
            parse_limit(limit.text)
        except LimitInvalid as invalid:
            yield Problem(limit.element, str(invalid).partition("；")[0], str(invalid).partition("；")[2])
