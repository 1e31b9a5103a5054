"""The outputs of called processes are collected by key; a list by position would stay empty."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model, bpmn
from engine.lint.problem import Problem

OUTPUTS = ("loopDataOutputRef", "outputDataItem")


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes():
        outputs = [] if node.loop is None else [node.loop.find(bpmn(name)) for name in OUTPUTS]
        found = [output for output in outputs if output is not None]
        if found and node.kind == "callActivity":
            yield Problem(found[0], "调用活动的输出集合不起作用", "删除它，用 bl:call 的 results 按键收集结果")
        elif len(found) == 1:
            yield Problem(found[0], "多实例的输出只写了一半，不起作用", "输出集合和每一项的输出变量都要写，或都不写")
