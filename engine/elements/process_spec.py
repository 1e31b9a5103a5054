"""The specification of a process or sub-process, ended by our own join."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser as StockProcessParser
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask

from engine.elements.joins import EndJoin


class ProcessSpec(BpmnProcessSpec):
    """As the interpreter's, but its last token is found by ``EndJoin``."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        end_name = self.end.name
        del self.task_specs[end_name], self.task_specs["End"]
        self.end = EndJoin(self, end_name)
        self.end.connect(SimpleBpmnTask(self, "End"))


class ProcessParser(StockProcessParser):
    """Makes a ``ProcessSpec`` of each process and sub-process (``BpmnParser.PROCESS_PARSER_CLASS``)."""

    def create_spec(self) -> ProcessSpec:
        """The empty specification, which the elements of the process are then added to."""
        return ProcessSpec(name=self.bpmn_id, description=self.get_name(), filename=self.filename)
