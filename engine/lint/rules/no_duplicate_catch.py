"""When two events catch the same thing at the same place, nobody can say which path is taken."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem

REFERENCES = {"error": "errorRef", "escalation": "escalationRef", "message": "messageRef"}


def check(model: Model) -> Iterator[Problem]:
    for scope in model.scopes:
        groups = [*scope.attached.values(), [start for handler in scope.handlers() for start in handler.starts()]]
        for group in groups:
            seen: set[tuple[str, str]] = set()
            for event in group:
                if event.trigger in REFERENCES:
                    caught = event.trigger, event.definitions[0].get(REFERENCES[event.trigger], "")
                    if caught in seen:
                        yield Problem(event, "同一处已有事件捕获同样的触发", "删除一个，或用不同的消息、信号、错误代码")
                    seen.add(caught)
