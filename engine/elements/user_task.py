"""A task for a person: opened with everything evaluated, done through ``commands.complete``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.declarations import TaskDeclaration, mapped
from engine.elements.element import NOTICE, Element, clear_limit, set_limit, text_of
from engine.happenings import TaskClosed, TaskOpened

if TYPE_CHECKING:
    from engine.token import Token


class UserTask(Element):
    """Waits, ready, for a person."""

    declared: TaskDeclaration

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.manual = True

    def _on_ready_hook(self, my_task: Token) -> None:
        instance, declared = my_task.workflow.instance, self.declared
        instance.happened(
            TaskOpened(
                instance_id=instance.id,
                task_id=instance.task_id(my_task),
                element_id=self.bpmn_id,
                name=self.label,
                role=declared.role,
                organisation=text_of(declared.organisation, my_task.data, "organisation"),
                form=declared.form,
                guard=declared.guard,
                data=dict(my_task.data),
            )
        )
        set_limit(my_task, declared.limit, "task", timeout=declared.timeout)
        if declared.notice is not None:
            answers = text_of(declared.notice.organisation, my_task.data, "organisation")
            set_limit(my_task, declared.notice.limit, NOTICE, organisation=answers)

    def fill(self, token: Token, fields: Mapping[str, Any]) -> None:
        """Let the declared outputs, and nothing else, enter the data; a field that is missing enters as None."""
        token.write(mapped(self.declared.outputs, {**token.data, **fields}, fields))

    def _on_complete_hook(self, my_task: Token) -> None:
        self._close(my_task, cancelled=False)

    def _on_cancel(self, my_task: Token) -> None:
        self._close(my_task, cancelled=True)

    def _close(self, token: Token, cancelled: bool) -> None:
        instance = token.workflow.instance
        copies = () if cancelled else self._copies(token)
        instance.happened(TaskClosed(instance.id, instance.task_id(token), self.bpmn_id, cancelled, copies))
        clear_limit(token)

    def _copies(self, token: Token) -> tuple[tuple[str, str], ...]:
        return tuple(
            (copy.role, text_of(copy.organisation, token.data, "organisation")) for copy in self.declared.copies
        )
