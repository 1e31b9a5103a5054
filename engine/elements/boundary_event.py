"""Boundary events that may occur many times, and that show their handlers the data of the sub-process they watch."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent as StockBoundaryEvent
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.elements.scope_data import current_data


class BoundaryEvent(StockBoundaryEvent):
    """A boundary event.

    While its activity runs, a non-interrupting one that waits for a message, a signal or an escalation waits again
    each time it has occurred (BPMN 2.0.2, 10.5.4); a timer occurs once, as only durations and dates are allowed.
    What happens on its way sees the data of the sub-process as they are at that moment, not as they were on entering.
    """

    def _on_ready_hook(self, my_task: Task) -> None:
        super()._on_ready_hook(my_task)
        if not self.cancel_activity and not isinstance(self.event_definition, TimerEventDefinition):
            self._wait_again(my_task)

    def _wait_again(self, my_task: Task) -> None:
        again = my_task.parent._add_child(self, TaskState.FUTURE)
        self._predict(again, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        again._set_state(TaskState.WAITING)
        self._update(again)

    def _run_hook(self, my_task: Task) -> Any:
        for activity in my_task.parent.children:
            inside = my_task.workflow.top_workflow.subprocesses.get(activity.id)
            if inside is not None:
                my_task.data = current_data(inside)
        return super()._run_hook(my_task)


def attached_activity(boundary: Task) -> Task:
    """The task of the activity that wears ``boundary``."""
    return next(task for task in boundary.parent.children if not isinstance(task.task_spec, StockBoundaryEvent))


def boundaries_of(activity: Task) -> list[Task]:
    """The waiting boundary events of ``activity``; those of a repeated activity belong to the whole of it."""
    split = activity.parent
    while split is not None and not isinstance(split.task_spec, BoundaryEventSplit):
        if not activity.task_spec.name.endswith(" [child]"):
            return []
        activity, split = split, split.parent
    if split is None:
        return []
    return [
        task
        for task in split.children
        if isinstance(task.task_spec, StockBoundaryEvent) and task.state == TaskState.WAITING
    ]
