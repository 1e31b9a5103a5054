"""One token of a process instance: SpiffWorkflow's task, without prediction, clock, logging and copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from SpiffWorkflow.specs.base import TaskSpec

    from engine.stepping import Scope

FUTURE, WAITING, READY, STARTED = TaskState.FUTURE, TaskState.WAITING, TaskState.READY, TaskState.STARTED
COMPLETED, CANCELLED = TaskState.COMPLETED, TaskState.CANCELLED


class Token(Task):
    """A task that exists only once its element is reached.

    Ids count up within the instance, so that the same command on the same state gives the same bytes. ``data`` and
    ``moments`` (when each value was written) are shared between tokens and never changed in place: ``write`` makes new
    ones.
    """

    workflow: Scope
    task_spec: Any

    def __init__(self, scope: Scope, spec: TaskSpec, parent: Token | None = None, state: int = FUTURE) -> None:
        # Deliberately not the base class's: it reads the clock, predicts and draws random ids.
        self.id: int = scope.instance.next_number()
        self.workflow = scope
        self.task_spec = spec
        self.triggered = False
        self.thread_id = 0
        self.last_state_change = 0
        self.data: Mapping[str, Any] = {}
        self.moments: Mapping[str, int] = {}
        self.internal_data: dict[str, Any] = {}
        self._parent = None if parent is None else parent.id
        self._children: list[int] = []
        self._state = state
        scope.tasks[self.id] = self
        if parent is not None:
            parent._children.append(self.id)

    @property
    def parent(self) -> Token | None:
        """The token that it came from, or that it is inside of."""
        return None if self._parent is None else self.workflow.tasks[self._parent]

    @property
    def before(self) -> Token:
        """As ``parent``, of any token but the first of its scope."""
        assert self._parent is not None, "the first token has none"
        return self.workflow.tasks[self._parent]

    @property
    def children(self) -> list[Token]:
        """The tokens that came from it, or that are inside of it; a copy."""
        return [self.workflow.tasks[child] for child in self._children]

    @property
    def is_finished(self) -> bool:
        """Whether the token has left its element."""
        return bool(self._state >= COMPLETED)

    @property
    def is_held(self) -> bool:
        """Whether the token stands at its element: reached and not left."""
        return bool(WAITING <= self._state <= STARTED)

    def complete(self) -> None:
        """Leave the element: successors are reached, siblings that depended on it are told."""
        spec, scope = self.task_spec, self.workflow
        self._set_state(COMPLETED)
        spec._on_complete_hook(self)
        if scope.instance.visited is not None and spec.bpmn_id is not None:
            scope.instance.visited.append(spec.bpmn_id)
        parent = self.parent
        if not spec.chooses:
            for output in spec._outputs:
                self._add_child(scope.spec.task_specs[output])
        if parent is not None:
            parent.task_spec.child_completed(parent, self)
        if not spec._outputs and not spec.inner:
            scope.path_ended((self.data, self.moments))
        for child in self.children:
            child.enter()

    def write(self, values: Mapping[str, Any]) -> None:
        """Put values into the data, at a new moment."""
        if values:
            moment = self.workflow.instance.next_number()
            self.data = {**self.data, **values}
            self.moments = {**self.moments, **dict.fromkeys(values, moment)}

    def enter(self) -> None:
        """Arrive at the element."""
        if self._state == FUTURE:
            self.workflow.instance.position = self
            self.task_spec._update(self)

    def cancel(self) -> None:
        """Take the token away if it has not left; tokens inside the element go with it."""
        if self.is_finished:
            return
        for child in self.children:
            child.cancel()
        self._set_state(CANCELLED)
        self.task_spec._on_cancel(self)

    def _add_child(self, task_spec: TaskSpec, state: int = FUTURE) -> Token:
        return Token(self.workflow, task_spec, self, state)

    def _set_state(self, value: int) -> None:
        self._state = value
        if value == READY and not self.task_spec.manual:
            self.workflow.instance.enqueue(self)

    def _inherit_data(self) -> None:
        before = self.before
        self.data = {**before.data, **self.data} if self.data else before.data
        self.moments = {**before.moments, **self.moments} if self.moments else before.moments
