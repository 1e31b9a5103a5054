"""Gateways that join, by the token rules of BPMN 2.0.2, 13.4.

A token that waits at a gateway is WAITING there; a token that has been merged into another is CANCELLED.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from engine.elements.element import Element
from engine.elements.gateways import ConditionalGateway
from engine.elements.scope_data import newest
from engine.token import CANCELLED, WAITING

if TYPE_CHECKING:
    from engine.token import Token

VIA = "via"
"""Where a waiting token came from: the tree behind it may be dropped."""


class ParallelGateway(Element):
    """Takes one token from each incoming flow and lets one go on over each outgoing flow; excess tokens wait."""

    joins = True

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        my_task.internal_data[VIA] = my_task.before.task_spec.name
        missing: Counter[str] = Counter(self._inputs)
        taken = []
        for token in _arrived(my_task):
            source = token.internal_data[VIA]
            if missing[source] > 0:
                missing[source] -= 1
                taken.append(token)
        if missing.total() > 0:
            my_task._set_state(WAITING)
            return False
        _merge(my_task, taken)
        return True

    def look_again(self, token: Token) -> bool:
        """What a parallel join waits for can only arrive."""
        return False


class InclusiveGateway(ConditionalGateway):
    """Waits for every token that can still come over a flow without one, unless it can as well come over one with."""

    joins = True

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self._reaching: dict[frozenset[str], frozenset[str]] = {}

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        my_task.internal_data[VIA] = my_task.before.task_spec.name
        if len(self._inputs) == 1:
            return True
        my_task._set_state(WAITING)
        return False

    def look_again(self, token: Token) -> bool:
        """Let the tokens that have arrived go on as one, if no other can still come."""
        first: dict[str, Token] = {}
        for arrived in _arrived(token):
            first.setdefault(arrived.internal_data[VIA], arrived)
        if self._another_can_come(token, frozenset(first)):
            return False
        taken = list(first.values())
        _merge(taken[-1], taken)
        taken[-1]._ready()
        return True

    def _another_can_come(self, token: Token, arrived: frozenset[str]) -> bool:
        reaching_new = self._upstream(frozenset(self._inputs) - arrived)
        elsewhere = {other.task_spec.name for other in token.workflow.held() if other.task_spec is not self}
        return bool((elsewhere & reaching_new) - self._upstream(arrived))

    def _upstream(self, sources: frozenset[str]) -> frozenset[str]:
        """The names of all elements from which a token can reach one of ``sources`` without passing this gateway."""
        if sources in self._reaching:
            return self._reaching[sources]
        found = set(sources - {self.name})
        open_names = list(found)
        while open_names:
            for name in self._wf_spec.task_specs[open_names.pop()]._inputs:
                if name != self.name and name not in found:
                    found.add(name)
                    open_names.append(name)
        self._reaching[sources] = frozenset(found)
        return self._reaching[sources]

    def _run_hook(self, my_task: Token) -> bool:
        self.go_on(my_task, [name for condition, name in self.conditions if condition.evaluate(my_task.data)])
        return True


def _arrived(token: Token) -> list[Token]:
    """The tokens at the gateway of ``token``, itself among them, in order of arrival."""
    spec = token.task_spec
    return [
        other
        for other in token.workflow.tasks.values()
        if other is token or (other.task_spec is spec and other._state == WAITING)
    ]


def _merge(token: Token, tokens: list[Token]) -> None:
    """Let ``token`` go on with the data of all ``tokens``; the others are spent."""
    token.data, token.moments = newest([(other.data, other.moments) for other in tokens])
    for other in tokens:
        if other is not token:
            other._set_state(CANCELLED)
