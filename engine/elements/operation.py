"""A service task: calls a registered operation, in this command (local) or through the outbox (remote)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition

from engine.data import plain
from engine.declarations import OperationDeclaration, mapped
from engine.elements.element import Element
from engine.elements.propagation import catcher_on
from engine.errors import NotWaiting, OperationFailed
from engine.happenings import OperationPerformed, OperationRequested
from engine.snapshot import OperationCall
from engine.token import STARTED

if TYPE_CHECKING:
    from engine.stepping import Instance
    from engine.token import Token


def waiting_operation(instance: Instance, task_id: UUID) -> Token:
    """The token that waits for a remote operation; raises ``NotWaiting``."""
    token = instance.find(task_id)
    if token is None or not isinstance(token.task_spec, OperationTask) or token._state != STARTED:
        raise NotWaiting(f"操作 {task_id} 已经完成或已取消")
    return token


class OperationTask(Element):
    """Calls the operation that ``bl:operation`` names."""

    declared: OperationDeclaration

    def _run_hook(self, my_task: Token) -> bool | None:
        instance, declared = my_task.workflow.instance, self.declared
        inputs = mapped(declared.inputs, my_task.data, my_task.data)
        if declared.remote:
            self.request(my_task)
            return None
        try:
            call = OperationCall(instance.id, self.bpmn_id, declared.name, plain(inputs, "inputs"))
            outputs = instance.execution.perform(call)
        except OperationFailed as failure:
            if self.fail(my_task, failure.code):
                return None
            raise
        outputs = plain(outputs, "outputs")
        instance.happened(OperationPerformed(instance.id, self.bpmn_id, declared.name, inputs, outputs))
        self.take(my_task, outputs)
        return True

    def request(self, token: Token) -> None:
        """Ask the world for the remote operation (again)."""
        instance = token.workflow.instance
        inputs = mapped(self.declared.inputs, token.data, token.data)
        instance.happened(
            OperationRequested(instance.id, instance.task_id(token), self.bpmn_id, self.declared.name, inputs)
        )

    def take(self, token: Token, outputs: Mapping[str, Any]) -> None:
        """Let the declared outputs of the operation enter the data."""
        token.write(mapped(self.declared.outputs, {**token.data, **outputs}, outputs))

    def fail(self, token: Token, code: str) -> bool:
        """Hand the failure to the error boundary event that catches ``code``; False where there is none."""
        catcher = catcher_on(token, ErrorEventDefinition, code)
        if catcher is not None:
            catcher.task_spec.occur(catcher, {})
        return catcher is not None
