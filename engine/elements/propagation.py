"""The way of an error or escalation: from where it is thrown outwards, to the nearest boundary event that fits."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import CodeEventDefinition
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task

from engine.elements.boundary_event import boundaries_of


def catcher_around(thrower: Task, kind: type[CodeEventDefinition], code: str | None) -> Task | None:
    """The boundary event that catches what the event ``thrower`` throws; None: it leaves the instance.

    Only activities around the thrower count (BPMN 2.0.2, 10.5.6 and 10.5.7), so nothing beside it catches.
    """
    return None if thrower.workflow.parent_task_id is None else catcher_on(_activity_around(thrower), kind, code)


def catcher_on(activity: Task, kind: type[CodeEventDefinition], code: str | None) -> Task | None:
    """The boundary event on ``activity``, or else around it, that catches ``code``.

    On one activity an event that names the code goes before one that catches every code.
    """
    while True:
        waiting = [task for task in boundaries_of(activity) if isinstance(task.task_spec.event_definition, kind)]
        for wanted in (code, None):
            for task in waiting:
                if task.task_spec.event_definition.code == wanted:
                    return task
        if activity.workflow.parent_task_id is None:
            return None
        activity = _activity_around(activity)


def _activity_around(task: Task) -> Task:
    """The sub-process in which ``task`` is, as a task of the scope around it."""
    top: BpmnWorkflow = task.workflow.top_workflow
    return top.get_task_from_id(task.workflow.parent_task_id)
