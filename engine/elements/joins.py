"""Gateways and the end of a scope by the token rules of BPMN 2.0.2, 13.4.

The interpreter's own joins count completed predecessors instead of tokens: they confuse the rounds of a loop, drop
what an earlier token of the same gateway started, and do not see tasks deeper than 1000 steps.
A token that waits at a gateway is a WAITING task of it; a token that has been merged into another is CANCELLED.
"""

from __future__ import annotations

from collections import Counter

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway as StockInclusiveGateway
from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway as StockParallelGateway
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.elements.scope_data import joined_data

_ARRIVED = "arrived"
_LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


class ParallelGateway(StockParallelGateway):
    """Takes one token from each incoming flow and lets one go on over each outgoing flow; excess tokens wait."""

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.state == TaskState.WAITING:
            return False
        _arrive(my_task)
        missing = Counter(self._inputs)
        taken = []
        for token in _tokens_at(self, my_task):
            source = token.parent.task_spec.name
            if missing[source] > 0:
                missing[source] -= 1
                taken.append(token)
        if missing.total() > 0:
            my_task._set_state(TaskState.WAITING)
            return False
        _merge(my_task, taken)
        return True

    def _run_hook(self, my_task: Task) -> bool:
        return True


class InclusiveGateway(StockInclusiveGateway):
    """Waits for every token that can still come over a flow without one, unless it can as well come over one with."""

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.state != TaskState.WAITING:
            _arrive(my_task)
        first: dict[str, Task] = {}
        for token in _tokens_at(self, my_task):
            first.setdefault(token.parent.task_spec.name, token)
        if self._another_can_come(my_task, set(first)):
            my_task._set_state(TaskState.WAITING)
            return False
        _merge(my_task, [*(token for token in first.values() if token is not my_task), my_task])
        return True

    def _another_can_come(self, my_task: Task, arrived: set[str]) -> bool:
        reaching_new = self._upstream(set(self._inputs) - arrived)
        if not reaching_new:
            return False
        elsewhere = {spec.name for spec in _specs_with_token(my_task) if spec is not self}
        return bool((elsewhere & reaching_new) - self._upstream(arrived))

    def _upstream(self, sources: set[str]) -> set[str]:
        """The names of all specs from which a token can reach one of ``sources`` without passing this gateway."""
        found = {name for name in sources if name != self.name}
        open_names = list(found)
        while open_names:
            for name in self._wf_spec.task_specs[open_names.pop()]._inputs:
                if name != self.name and name not in found:
                    found.add(name)
                    open_names.append(name)
        return found

    def _run_hook(self, my_task: Task) -> bool:
        matches, defaults = self._get_matching_outputs(my_task)
        if not matches and not defaults:
            raise WorkflowTaskException("No conditions satisfied on gateway", task=my_task)
        my_task._sync_children(matches or defaults, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


class EndJoin(_EndJoin):
    """The end of a process or sub-process: the last token to reach it goes on, when no other is left."""

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.state != TaskState.WAITING:
            _arrive(my_task)
        if any(spec is not self for spec in _specs_with_token(my_task, count_boundaries=True)):
            my_task._set_state(TaskState.WAITING)
            return False
        _merge(my_task, _tokens_at(self, my_task))
        return True

    def _run_hook(self, my_task: Task) -> bool:
        my_task.workflow.data.update(my_task.data)
        return True


def _arrive(my_task: Task) -> None:
    waiting = [task.internal_data[_ARRIVED] for task in _waiting_at(my_task.task_spec, my_task)]
    my_task.internal_data[_ARRIVED] = max(waiting, default=0) + 1


def _waiting_at(spec: TaskSpec, my_task: Task) -> list[Task]:
    return [
        task
        for task in my_task.workflow.tasks.values()
        if task.task_spec is spec and task.state == TaskState.WAITING and task is not my_task
    ]


def _tokens_at(spec: TaskSpec, my_task: Task) -> list[Task]:
    """The tokens at ``spec``, ``my_task`` among them, in order of arrival."""
    return sorted([*_waiting_at(spec, my_task), my_task], key=lambda task: int(task.internal_data[_ARRIVED]))


def _merge(my_task: Task, tokens: list[Task]) -> None:
    """Let ``my_task`` go on with the data of all ``tokens``; the others are spent."""
    my_task.data = joined_data(tokens)
    for token in tokens:
        if token is not my_task:
            token._set_state(TaskState.CANCELLED)
            token._drop_children()


def _specs_with_token(my_task: Task, count_boundaries: bool = False) -> list[TaskSpec]:
    """The specs of all tasks of this scope that hold a token, ``my_task`` aside.

    A boundary event that waits holds none of its own, it goes with its activity. A task that follows a completed one
    and has not been looked at yet (FUTURE) holds one.
    """
    specs = []
    for task in my_task.workflow.tasks.values():
        if task is my_task:
            continue
        if task.state == TaskState.FUTURE:
            parent = task.parent
            if parent is not None and parent.state == TaskState.COMPLETED:
                specs.append(task.task_spec)
        elif task.has_state(_LIVE) and (
            count_boundaries or task.state != TaskState.WAITING or not isinstance(task.task_spec, BoundaryEvent)
        ):
            specs.append(task.task_spec)
    return specs
