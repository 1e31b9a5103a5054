"""Boundary events, and the split that SpiffWorkflow puts before an activity that wears some."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.declarations import Value
from engine.elements.element import Element, set_limit
from engine.elements.events import CatchEvent, LimitEventDefinition
from engine.token import READY, WAITING

if TYPE_CHECKING:
    from engine.token import Token


PAYLOAD = "payload"


class BoundaryEvent(CatchEvent):
    """An event on the border of an activity.

    While its activity runs, a non-interrupting one that waits for a message, a signal or an escalation waits again
    each time it has occurred (BPMN 2.0.2, 10.5.4); a timer occurs once, as only durations and dates are allowed.
    What happens on its way sees the data of the sub-process as they are at that moment, not as they were on entering.
    """

    urgent = True

    def __init__(self, *arguments: Any, cancel_activity: bool, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.cancel_activity = cancel_activity

    def occur(self, token: Token, payload: Mapping[str, Any]) -> None:
        token.internal_data[PAYLOAD] = payload
        token._ready()

    def set_timer(self, token: Token, limit: Value) -> None:
        activity = activity_beside(token)
        set_limit(
            token,
            limit,
            "timer",
            attached_to=None if activity is None else token.workflow.instance.task_id(activity),
            interrupting=self.cancel_activity,
        )

    def _run_hook(self, my_task: Token) -> bool:
        activity = activity_beside(my_task)
        inside = None if activity is None else my_task.workflow.instance.subprocesses.get(activity.id)
        if inside is not None:
            my_task.data, my_task.moments = inside.current_data()
        my_task.write(my_task.internal_data.pop(PAYLOAD))
        if not self.cancel_activity and not isinstance(self.event_definition, LimitEventDefinition):
            my_task.before._add_child(self).enter()
        return True


class BoundarySplit(Element):
    """Stands before an activity with boundary events: reaches the activity, then arms the events."""

    watches = True

    def __init__(self, wf_spec: Any, bpmn_id: str) -> None:
        super().__init__(wf_spec, bpmn_id)
        self.bpmn_id = None  # drawn by nobody

    def boundaries(self, token: Token) -> list[Token]:
        return [
            child for child in token.children if child._state == WAITING and isinstance(child.task_spec, BoundaryEvent)
        ]

    def child_completed(self, token: Token, child: Token) -> None:
        """Disarm the events when the activity has ended; end the activity when an event interrupts it."""
        spec = child.task_spec
        interrupted = isinstance(spec, BoundaryEvent)
        if interrupted and not spec.cancel_activity:
            return
        for other in token.children:
            if not isinstance(other.task_spec, BoundaryEvent):
                if interrupted:
                    other.cancel()
            elif other._state == WAITING or (other._state == READY and other.task_spec.cancel_activity):
                other.cancel()


def activity_beside(boundary: Token) -> Token | None:
    """The token of the activity that wears ``boundary``; None once that has been dropped."""
    for token in boundary.before.children:
        if not isinstance(token.task_spec, BoundaryEvent):
            return token
    return None
