"""A case is started by a command; a process that waits for a trigger of its own would never be started."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for start in model.nodes("startEvent"):
        if start.trigger != "none" and not start.scope.is_event_sub_process:
            mend = "改为无触发的开始事件；要等待的，在它后面画中间捕获事件"
            yield Problem(start, "流程和普通子流程的开始事件不能带触发条件，它不会被触发", mend)
