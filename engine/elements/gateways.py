"""Gateways that choose by conditions, and the one that waits for the first of several events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.elements.element import Element
from engine.errors import EngineError
from engine.expressions import Expression, compile_expression

if TYPE_CHECKING:
    from SpiffWorkflow.specs.base import TaskSpec

    from engine.token import Token


class NoFlowTaken(EngineError):
    """No condition holds and there is no default flow."""


class ConditionalGateway(Element):
    """Outgoing flows carry conditions, except the default flow."""

    chooses = True

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.conditions: list[tuple[Expression, str]] = []
        self.default: str | None = None

    def connect(self, taskspec: TaskSpec) -> None:
        """Add the default flow."""
        super().connect(taskspec)
        self.default = taskspec.name

    def connect_outgoing_if(self, condition: str, taskspec: TaskSpec) -> None:
        """Add a flow with a condition; raises ``ExpressionInvalid``."""
        super().connect(taskspec)
        self.conditions.append((compile_expression(condition.strip().removeprefix("=")), taskspec.name))

    def go_on(self, token: Token, names: list[str]) -> None:
        """Let the token go on over the flows to ``names``, or over the default flow if there are none."""
        if not names:
            if self.default is None:
                raise NoFlowTaken("没有一个条件成立，也没有默认流向")
            names = [self.default]
        for name in names:
            token._add_child(token.workflow.spec.task_specs[name])


class ExclusiveGateway(ConditionalGateway):
    """Takes the first flow whose condition holds."""

    def _run_hook(self, my_task: Token) -> bool:
        matching = (name for condition, name in self.conditions if condition.evaluate(my_task.data))
        first = next(matching, None)
        self.go_on(my_task, [] if first is None else [first])
        return True


class EventGateway(Element):
    """The event behind it that comes first takes the token; the others are no longer awaited."""

    watches = True

    def child_completed(self, token: Token, child: Token) -> None:
        for other in token.children:
            other.cancel()
