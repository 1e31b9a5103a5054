"""A manual task is done outside the platform, so nothing would ever say that it is done."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("manualTask"):
        yield Problem(node, "手工任务不会出现在任何人的待办中，流程会停在这里", "改为用户任务，登记由谁确认已经完成")
