"""Drives a contract case with stock SpiffWorkflow, as its documentation says, on the diagram as it is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition, SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.events.start_event import StartEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from tests.unit.engine.contract.script import (
    FAILED,
    PROCESS,
    Case,
    Complete,
    Fire,
    Message,
    Signal,
    Step,
    Trace,
    moment,
)

LONG_AGO = "2000-01-01T00:00:00+00:00"


def stock_trace(case: Case) -> Trace:
    """What stock SpiffWorkflow does; from the first exception on, nothing more is done."""
    with _recorded_visits() as visited:
        moments: list[str] = []
        workflow = None
        for step in (None, *case.steps):
            visited.clear()
            try:
                if workflow is None:
                    workflow = _start(case)
                elif step is not None:
                    _do(workflow, step)
            except Exception:
                return Trace((*moments, FAILED), None)
            moments.append(moment(visited, _still_open(workflow), workflow.completed))
        assert workflow is not None
        return Trace(tuple(moments), dict(workflow.data) if workflow.completed else None)


def _start(case: Case) -> BpmnWorkflow:
    root = etree.fromstring(case.diagram)
    for timer in root.iter("{*}timeDuration"):
        timer.text = repr(timer.text)  # stock evaluates the limit as Python
    parser = BpmnParser()
    parser.add_bpmn_xml(root)
    workflow = BpmnWorkflow(parser.get_spec(PROCESS), parser.get_subprocess_specs(PROCESS))
    workflow.do_engine_steps()
    for task in workflow.get_tasks(state=TaskState.WAITING):
        if isinstance(task.task_spec, StartEvent) and task.workflow is workflow:
            workflow.catch(BpmnEvent(task.task_spec.event_definition, {}))
            workflow.do_engine_steps()
    return workflow


def _do(workflow: BpmnWorkflow, step: Step) -> None:
    match step:
        case Complete(element, data, position):
            ready = [task for task in workflow.get_tasks(state=TaskState.READY) if _is_open_task(task)]
            task = [task for task in ready if task.task_spec.bpmn_id == element][position]
            task.data.update(data)
            task.run()
        case Message(name, data):
            workflow.send_event(BpmnEvent(MessageEventDefinition(name), dict(data)))
        case Signal(name):
            workflow.send_event(BpmnEvent(SignalEventDefinition(name)))
        case Fire(element):
            _let_time_pass(workflow, element)
    workflow.do_engine_steps()


def _let_time_pass(workflow: BpmnWorkflow, element: str) -> None:
    for task in list(workflow.event_manager.tasks.values()):
        if element in _awaited(task):
            task.internal_data["event_value"] = LONG_AGO
    workflow.refresh_timers()


def _is_open_task(task: Task) -> bool:
    return bool(task.task_spec.manual and task.state == TaskState.READY)


def _still_open(workflow: BpmnWorkflow) -> list[str]:
    open_tasks = [task for task in workflow.get_tasks(state=TaskState.READY) if _is_open_task(task)]
    waiting = [awaited for task in workflow.get_tasks(state=TaskState.WAITING) for awaited in _awaited(task)]
    return [task.task_spec.bpmn_id for task in open_tasks] + waiting


def _awaited(task: Task) -> list[str]:
    """The elements that ``task`` lets wait for a message or a time; those behind an event gateway wait together."""
    spec = task.task_spec
    if isinstance(spec, EventBasedGateway):
        awaited = zip(spec.outputs, spec.event_definition.event_definitions, strict=True)
    elif isinstance(spec, CatchingEvent):
        awaited = zip([spec], [spec.event_definition], strict=True)
    else:
        return []
    return [
        waiting.bpmn_id
        for waiting, definition in awaited
        if isinstance(definition, MessageEventDefinition | TimerEventDefinition)
    ]


@contextmanager
def _recorded_visits() -> Iterator[list[str]]:
    visited: list[str] = []
    complete = Task.complete

    def record(self: Any) -> None:
        if self.task_spec.bpmn_id is not None:
            visited.append(self.task_spec.bpmn_id)
        complete(self)

    Task.complete = record
    try:
        yield visited
    finally:
        Task.complete = complete
