"""Data where branches meet: what a branch changed counts, what it merely carried along does not.

The interpreter gives each branch a full copy of the data. Merging whole copies, as it does, lets the branch that ends
last undo what the others wrote; here each branch contributes its changes since the branches parted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

Data = Mapping[str, Any]


def with_changes(into: Data, branch: Data, base: Data) -> dict[str, Any]:
    """``into`` with everything that ``branch`` changed since ``base``; objects are merged key by key, lists are not."""
    result = dict(into)
    for key, value in branch.items():
        before = base.get(key)
        if key in base and before == value:
            continue
        here = result.get(key)
        if isinstance(value, dict) and isinstance(here, dict):
            result[key] = with_changes(here, value, before if isinstance(before, dict) else {})
        else:
            result[key] = value
    return result


def joined_data(tokens: list[Task]) -> dict[str, Any]:
    """The data with which one token goes on where ``tokens``, in order of arrival, have met."""
    arriving = [token.parent for token in tokens]
    if len(arriving) == 1:
        return dict(arriving[0].data)
    base = _nearest_common_ancestor(arriving).data
    data: dict[str, Any] = dict(base)
    for task in arriving:
        data = with_changes(data, task.data, base)
    return data


def _nearest_common_ancestor(tasks: list[Task]) -> Task:
    common = _lineage(tasks[0])
    for task in tasks[1:]:
        lineage = set(_lineage(task))
        common = [ancestor for ancestor in common if ancestor in lineage]
    return tasks[0].workflow.tasks[common[0]]


def _lineage(task: Task) -> list[Any]:
    """The ids of ``task`` and its ancestors, nearest first."""
    ids = []
    current: Task | None = task
    while current is not None:
        ids.append(current.id)
        current = current.parent
    return ids


def current_data(scope: BpmnBaseWorkflow) -> dict[str, Any]:
    """The data of a sub-process as it stands: what it began with and what its tokens have changed since.

    The instances of a multi-instance activity keep theirs: their results become data when the activity ends.
    """
    base = scope.task_tree.data
    data: dict[str, Any] = dict(base)
    for task in sorted(_tips(scope), key=lambda tip: tip.last_state_change):
        inner = scope.top_workflow.subprocesses.get(task.id)
        if inner is not None and not inner.completed:
            data = with_changes(data, current_data(inner), base)
        else:
            data = with_changes(data, task.data, base)
    return data


def _tips(scope: BpmnBaseWorkflow) -> Iterable[Task]:
    """The last task of every branch that something has reached."""
    reached = TaskState.WAITING | TaskState.READY | TaskState.STARTED | TaskState.COMPLETED
    for task in scope.tasks.values():
        if not task.has_state(reached) or _is_loop_instance(task):
            continue
        successors = [child for child in task.children if child.has_state(reached) and not _is_loop_instance(child)]
        if not successors:
            yield task


def _is_loop_instance(task: Task) -> bool:
    parent = task.parent
    return (
        parent is not None
        and isinstance(parent.task_spec, LoopTask)
        and parent.task_spec.task_spec == task.task_spec.name
    )
