"""A flow out of a choice that is neither the default nor conditional could not be chosen."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for node in model.nodes("exclusiveGateway", "inclusiveGateway"):
        for flow in node.outgoing:
            if len(node.outgoing) > 1 and not flow.condition and flow.id != node.element.get("default"):
                yield Problem(flow, "网关的出线没有条件", "写上条件，或设为默认流")
