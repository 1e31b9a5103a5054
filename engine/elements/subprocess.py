"""An embedded sub-process: a scope of its own inside the same instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.elements.element import Element
from engine.token import STARTED

if TYPE_CHECKING:
    from engine.token import Token


class SubProcess(Element):
    """Runs the scope ``spec`` and ends when that has ended."""

    def __init__(self, wf_spec: Any, bpmn_id: str, subworkflow_spec: str, **attributes: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **attributes)
        self.spec = subworkflow_spec

    def _run_hook(self, my_task: Token) -> None:
        my_task._set_state(STARTED)
        my_task.workflow.instance.open_scope(my_task, self.spec)

    def _on_cancel(self, my_task: Token) -> None:
        my_task.workflow.instance.close_scope(my_task)
