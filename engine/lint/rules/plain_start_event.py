"""Cases are started by a command, perhaps on a message; a start at a time or on a signal would never happen."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for start in model.nodes("startEvent"):
        allowed = {"none", "message"} if start.scope.parent is None else {"none"}
        if start.trigger not in allowed and not start.scope.is_event_sub_process:
            mend = "改为无触发的开始事件；要等待的，在它后面画中间捕获事件"
            yield Problem(start, "这个开始事件不会被触发", mend)
