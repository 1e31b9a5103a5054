"""The specification of a process or of an embedded sub-process: a start, and the elements."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.elements.element import Element

START = "<start>"
"""No element can have this id, it is no XML name."""


class Entry(Element):
    """Where the first token stands before it reaches the start event."""

    def __init__(self, wf_spec: Any) -> None:
        super().__init__(wf_spec, START)
        self.bpmn_id = None  # drawn by nobody


class ProcessSpec(BpmnProcessSpec):
    """As SpiffWorkflow's, without its joins at the end."""

    def __init__(self, name: str, description: str) -> None:
        WorkflowSpec.__init__(self, name=name)
        self.description = description
        self.start = Entry(self)
        self.data_objects: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []
        self.correlation_keys: dict[str, Any] = {}
        self.io_specification = None
