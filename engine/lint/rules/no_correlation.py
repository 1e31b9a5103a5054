"""Messages are delivered to one case by its number; correlation keys would be ignored."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem

NAMES = ("correlationKey", "correlationProperty", "correlationSubscription")


def check(model: Model) -> Iterator[Problem]:
    for element in model.elements(*NAMES):
        yield Problem(element, "消息关联键不起作用", "删除它；消息总是按办件送达，不需要关联键")
