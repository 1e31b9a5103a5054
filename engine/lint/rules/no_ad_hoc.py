"""An ad-hoc sub-process has no order that the engine could follow."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("adHocSubProcess"):
        yield Problem(node, "不执行即席子流程", "改为普通子流程；可办可不办的步骤用包容网关，次数不定的用多实例")
