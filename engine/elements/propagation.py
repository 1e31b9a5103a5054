"""The way of an error or escalation: from where it is thrown outwards, to the nearest boundary event that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    CodeEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
)

from engine.normalise import is_synthetic
from engine.snapshot import Status

if TYPE_CHECKING:
    from engine.token import Token


def throw_error(thrower: Token, code: str | None) -> None:
    """An error end event: caught around its scope, or the end of the instance."""
    scope, instance = thrower.workflow, thrower.workflow.instance
    catcher = None if scope is instance else catcher_on(scope.holder, ErrorEventDefinition, code)
    if catcher is not None:
        scope.path_ended(scope.current_data())  # what the other paths have changed is not lost with them
        scope.cancel_tokens()
        catcher.task_spec.occur(catcher, {})
    else:
        instance.thrower = thrower.task_spec.bpmn_id
        instance.end(Status.ERROR, code)


def throw_escalation(thrower: Token, code: str | None, at_end: bool) -> None:
    """An escalation: caught around its scope, or handed to the parent of the instance.

    ``at_end``: thrown by an end event; one of the process itself makes the escalation the outcome of the instance.
    """
    scope, instance = thrower.workflow, thrower.workflow.instance
    catcher = None if scope is instance else catcher_on(scope.holder, EscalationEventDefinition, code)
    if catcher is not None:
        catcher.task_spec.occur(catcher, {})
        return
    instance.leaving.append(code)
    while scope is not instance and is_synthetic(scope.holder.task_spec.bpmn_id):
        scope = scope.holder.workflow
    if at_end and scope is instance and not instance.escalated:
        instance.escalated, instance.code = True, code


def catcher_on(activity: Token, kind: type[CodeEventDefinition], code: str | None) -> Token | None:
    """The boundary event on ``activity``, or else on what is around it, that catches ``code``.

    Only activities around the thrower count (BPMN 2.0.2, 10.5.6 and 10.5.7), so nothing beside it catches. On one
    activity an event that names the code goes before one that catches every code.
    """
    while True:
        wearing = activity.before.task_spec.boundaries(activity.before)
        waiting: list[Token] = [token for token in wearing if isinstance(token.task_spec.event_definition, kind)]
        for wanted in (code, None):
            for token in waiting:
                if token.task_spec.event_definition.code == wanted:
                    return token
        scope: Any = activity.workflow
        if scope is scope.instance:
            return None
        activity = scope.holder
