"""Events that wait for the world (message, signal, timer) and events that are thrown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition

from engine.declarations import Value
from engine.elements.element import LIMIT, Element, clear_limit, set_limit
from engine.elements.propagation import throw_error, throw_escalation
from engine.errors import DataInvalid
from engine.happenings import MessageCleared, MessageExpected, MessageThrown, MilestoneReached, SignalThrown
from engine.token import WAITING

if TYPE_CHECKING:
    from engine.token import Token


class LimitEventDefinition(EventDefinition):
    """A timer: only its limit text is kept, the world outside counts the time and fires it."""

    def __init__(self, limit: Value) -> None:
        super().__init__(limit.text)
        self.limit = limit


class Event(Element):
    """An element with one event definition."""

    milestone: str | None = None

    def __init__(self, wf_spec: Any, bpmn_id: str, event_definition: EventDefinition, **attributes: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **attributes)
        self.event_definition = event_definition


class StartEvent(Event):
    """Where an instance begins; whatever was to trigger it has happened."""


class CatchEvent(Event):
    """Waits for a message, a signal or a timer."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task._inherit_data()
        my_task._set_state(WAITING)
        self.begin_to_wait(my_task)
        return False

    def begin_to_wait(self, token: Token) -> None:
        """Tell the world what is awaited."""
        instance, awaited = token.workflow.instance, self.event_definition
        if isinstance(awaited, LimitEventDefinition):
            self.set_timer(token, awaited.limit)
        elif isinstance(awaited, MessageEventDefinition):
            instance.happened(MessageExpected(instance.id, instance.task_id(token), self.bpmn_id, awaited.name))

    def set_timer(self, token: Token, limit: Value) -> None:
        """Begin the limit of a timer event, which must have one: nothing else would ever let it go on."""
        set_limit(token, limit, "timer")
        if LIMIT not in token.internal_data:
            raise DataInvalid("limit", f"“{limit.text}”没有给出期限，定时事件会永远等下去")

    def occur(self, token: Token, payload: Mapping[str, Any]) -> None:
        """What was awaited has come, with ``payload`` for the data."""
        token.write(payload)
        token._ready()

    def _on_complete_hook(self, my_task: Token) -> None:
        self._stop_waiting(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        self._stop_waiting(my_task)

    def _stop_waiting(self, token: Token) -> None:
        if isinstance(self.event_definition, MessageEventDefinition):
            instance = token.workflow.instance
            instance.happened(MessageCleared(instance.id, instance.task_id(token)))
        clear_limit(token)


class ThrowEvent(Event):
    """Throws what it defines and goes on; a none event may be a milestone."""

    def _run_hook(self, my_task: Token) -> bool:
        instance, thrown = my_task.workflow.instance, self.event_definition
        if self.milestone is not None:
            instance.happened(MilestoneReached(instance.id, self.bpmn_id, self.milestone))
        if isinstance(thrown, MessageEventDefinition):
            instance.happened(MessageThrown(instance.id, self.bpmn_id, thrown.name, dict(my_task.data)))
        elif isinstance(thrown, SignalEventDefinition):
            instance.happened(SignalThrown(instance.id, self.bpmn_id, thrown.name))
            deliver_signal(my_task, thrown.name)
        elif isinstance(thrown, EscalationEventDefinition):
            throw_escalation(my_task, thrown.code, at_end=isinstance(self, EndEvent))
        return True


class EndEvent(ThrowEvent):
    """Ends its path; an error or a terminate event ends more than that."""

    def _on_complete_hook(self, my_task: Token) -> None:
        scope, thrown = my_task.workflow, self.event_definition
        if isinstance(thrown, ErrorEventDefinition):
            throw_error(my_task, thrown.code)
        elif isinstance(thrown, TerminateEventDefinition):
            scope.cancel_tokens()


def deliver_signal(thrower: Token, name: str) -> None:
    """Let everything in the instance that waits for the signal go on."""
    for token in thrower.workflow.instance.awaiting(SignalEventDefinition, name):
        token.task_spec.occur(token, {})
