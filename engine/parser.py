"""Turns a normalised diagram into specifications: SpiffWorkflow's parser with our elements, node by node.

SpiffWorkflow's own parser follows the flows recursively, which a long diagram exhausts; here every node is read first
and connected afterwards.
"""

from __future__ import annotations

from typing import Any, ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser import event_parsers as stock
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, SubprocessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag

from engine import declarations
from engine.declarations import Value
from engine.elements.boundary_event import BoundaryEvent, BoundarySplit
from engine.elements.call_activity import CallActivity
from engine.elements.events import CatchEvent, EndEvent, LimitEventDefinition, StartEvent, ThrowEvent
from engine.elements.gateways import EventGateway, ExclusiveGateway
from engine.elements.joins import InclusiveGateway, ParallelGateway
from engine.elements.loops import MultiInstance, Repetitions, SequentialMultiInstance, StandardLoop
from engine.elements.operation import OperationTask
from engine.elements.process_spec import ProcessSpec
from engine.elements.subprocess import SubProcess
from engine.elements.user_task import UserTask

EVENT_PATHS = [
    stock.MESSAGE_EVENT_XPATH,
    stock.SIGNAL_EVENT_XPATH,
    stock.TIMER_EVENT_XPATH,
    stock.ERROR_EVENT_XPATH,
    stock.ESCALATION_EVENT_XPATH,
    stock.TERMINATION_EVENT_XPATH,
]


class NodeReader(TaskParser):
    """Reads one node into a specification, and later connects it to those that follow."""

    STANDARD_LOOP_CLASS = StandardLoop
    PARALLEL_MI_CLASS = MultiInstance
    SEQUENTIAL_MI_CLASS = SequentialMultiInstance

    @property
    def bpmn_attributes(self) -> dict[str, Any]:
        """What every element has; data associations are drawings for people."""
        return {"bpmn_name": self.node.get("name"), "description": ""}

    def create_data_spec(self, item: etree._Element, cls: type) -> Any:
        """A data item is known by its name; ids must differ within a file, names need not."""
        name = item.get("name") or item.get("id")
        return cls(name, name)

    def read(self) -> None:
        """Make the specification, and the loop around it."""
        self.task = self.create_task()
        self.read_loop()

    def read_loop(self) -> None:
        """Wrap the activity into its loop, if it has one."""
        for loop in self.xpath("./bpmn:standardLoopCharacteristics"):
            self.task.inner = True
            self._add_loop_task(loop)
        for loop in self.xpath("./bpmn:multiInstanceLoopCharacteristics"):
            self.task.inner = True
            self._add_multiinstance_task(loop)

    def arm(self) -> None:
        """Put a split before an activity that wears boundary events."""
        worn = self.process_parser.get_boundary_events(self.bpmn_id)
        if worn:
            split = BoundarySplit(self.spec, f"<{self.bpmn_id}>")
            split.connect(self.task)
            for event in worn:
                split.connect(self.spec.task_specs[event.get("id")])

    def link(self) -> None:
        """Connect the node to those that its flows lead to, upper ones first."""
        default = self.node.get("default")
        flows = self.process_parser.get_outgoing_sequence_flows(self.bpmn_id)
        targets = [(self.process_parser.entry_of(flow.get("targetRef")), flow) for flow in flows]
        alone = len(flows) == 1 and self.parse_condition(flows[0]) is None
        for target, flow in sorted(targets, key=lambda pair: float(self._height(pair[1]))):
            self.connect_outgoing(target, flow, alone or flow.get("id") == default)

    def _height(self, flow: etree._Element) -> Any:
        return self.process_parser.get_position(flow.get("targetRef"))["y"]


class GatewayReader(NodeReader, ConditionalGatewayParser):
    """An exclusive or inclusive gateway."""


class UserTaskReader(NodeReader):
    """A user task or manual task."""

    def create_task(self) -> UserTask:
        task = super().create_task()
        task.declared = declarations.read_task(self.node)
        return task  # type: ignore[no-any-return]


class OperationReader(NodeReader):
    """A service task."""

    def create_task(self) -> OperationTask:
        task = super().create_task()
        task.declared = declarations.read_operation(self.node)
        return task  # type: ignore[no-any-return]


class SubProcessReader(NodeReader):
    """An embedded sub-process."""

    def create_task(self) -> SubProcess:
        scope = SubprocessParser.get_subprocess_spec(self)
        return SubProcess(self.spec, self.bpmn_id, subworkflow_spec=scope, **self.bpmn_attributes)


class CallActivityReader(NodeReader):
    """A call activity, which repeats by itself."""

    def create_task(self) -> CallActivity:
        called = SubprocessParser.get_call_activity_spec(self)
        task = CallActivity(self.spec, self.bpmn_id, called=called, **self.bpmn_attributes)
        task.declared = declarations.read_call(self.node)
        return task

    def read_loop(self) -> None:
        for loop in self.xpath("./bpmn:multiInstanceLoopCharacteristics"):
            self.task.sequential = loop.get("isSequential") == "true"
            self.task.repetitions = Repetitions(
                self._text("loopCardinality"),
                self._text("loopDataInputRef"),
                self._item(),
                self._text("completionCondition"),
            )
        for loop in self.xpath("./bpmn:standardLoopCharacteristics"):
            self.task.inner = True
            self._add_loop_task(loop)

    def _text(self, name: str) -> str | None:
        found = self.xpath(f"./bpmn:multiInstanceLoopCharacteristics/bpmn:{name}")
        return found[0].text if found else None

    def _item(self) -> str | None:
        found = self.xpath("./bpmn:multiInstanceLoopCharacteristics/bpmn:inputDataItem")
        return (found[0].get("name") or found[0].get("id")) if found else None


class EventReader(NodeReader, stock.EventDefinitionParser):
    """An event of any kind."""

    def parse_timer_event(self, event: etree._Element) -> LimitEventDefinition:
        """Keep the limit text; cycles have no meaning here."""
        for name in ("timeDuration", "timeDate"):
            for element in event.findall(full_tag(name)):
                return LimitEventDefinition(Value.read((element.text or "").strip()))
        return self.raise_validation_exception("定时事件没有 timeDuration 或 timeDate")  # type: ignore[no-any-return]

    def create_task(self) -> Any:
        definition = self.definition()
        return self.spec_class(self.spec, self.bpmn_id, event_definition=definition, **self.bpmn_attributes)

    def definition(self) -> Any:
        """The one event definition of the node."""
        return self.get_event_definition(EVENT_PATHS)


class StartReader(EventReader):
    """A start event."""

    def create_task(self) -> StartEvent:
        task = super().create_task()
        self.spec.start.connect(task)
        return task  # type: ignore[no-any-return]


class ThrowReader(EventReader):
    """An intermediate throw event, perhaps a milestone."""

    def create_task(self) -> ThrowEvent:
        task = super().create_task()
        milestone = declarations.extension(self.node, "milestone")
        task.milestone = None if milestone is None else milestone.get("name", "")
        return task  # type: ignore[no-any-return]


class BoundaryReader(EventReader):
    """A boundary event."""

    @property
    def bpmn_attributes(self) -> dict[str, Any]:
        attributes = super().bpmn_attributes
        return {**attributes, "cancel_activity": self.node.get("cancelActivity", "true") in ("true", "1")}


class MessageTaskReader(EventReader):
    """A send or receive task."""

    def definition(self) -> Any:
        return self.parse_message_event(self.node)


READERS: dict[str, tuple[type[NodeReader], type]] = {
    "startEvent": (StartReader, StartEvent),
    "endEvent": (EventReader, EndEvent),
    "userTask": (UserTaskReader, UserTask),
    "manualTask": (UserTaskReader, UserTask),
    "serviceTask": (OperationReader, OperationTask),
    "sendTask": (MessageTaskReader, ThrowEvent),
    "receiveTask": (MessageTaskReader, CatchEvent),
    "subProcess": (SubProcessReader, SubProcess),
    "callActivity": (CallActivityReader, CallActivity),
    "exclusiveGateway": (GatewayReader, ExclusiveGateway),
    "inclusiveGateway": (GatewayReader, InclusiveGateway),
    "parallelGateway": (NodeReader, ParallelGateway),
    "eventBasedGateway": (NodeReader, EventGateway),
    "intermediateCatchEvent": (EventReader, CatchEvent),
    "intermediateThrowEvent": (ThrowReader, ThrowEvent),
    "boundaryEvent": (BoundaryReader, BoundaryEvent),
}
IGNORED = {
    "sequenceFlow",
    "laneSet",
    "documentation",
    "extensionElements",
    "textAnnotation",
    "association",
    "group",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "incoming",
    "outgoing",
    "property",
    "ioSpecification",
    "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics",
    "dataInputAssociation",
    "dataOutputAssociation",
    "auditing",
    "monitoring",
    "category",
}


class ScopeReader(ProcessParser):
    """Reads a process or an embedded sub-process."""

    def _parse(self) -> None:
        self.spec = ProcessSpec(self.bpmn_id, self.get_name())
        readers = []
        for node in self.node:
            tag = etree.QName(node)
            if tag.namespace != self.nsmap["bpmn"] or tag.localname in IGNORED:
                continue
            if tag.localname not in READERS:
                raise UnknownElement(node)
            reader, element = READERS[tag.localname]
            readers.append(reader(self, element, node, self.nsmap))
        for step in (NodeReader.read, NodeReader.arm, NodeReader.link):
            for reader_ in readers:
                step(reader_)

    def entry_of(self, node_id: str) -> Any:
        """What a flow to the node leads to: the split before it, if it wears boundary events."""
        specs = self.spec.task_specs
        return specs.get(f"<{node_id}>") or specs[node_id]


class UnknownElement(ValueError):
    """An element that is not executed here."""

    def __init__(self, node: etree._Element) -> None:
        super().__init__(f"第 {node.sourceline} 行：{etree.QName(node).localname} 不是这里执行的元素")


class DiagramReader(BpmnParser):
    """Reads one file; every file has its own, so that ids of different files do not meet."""

    PROCESS_PARSER_CLASS = ScopeReader
    PARSER_CLASSES: ClassVar[dict[str, Any]] = {}

    def __init__(self, root: etree._Element) -> None:
        super().__init__()
        self.add_bpmn_xml(root)

    def _add_data_stores(self, bpmn: etree._Element) -> None:
        """Data stores are drawings for people."""

    def scopes_of(self, name: str) -> dict[str, ProcessSpec]:
        """The embedded sub-processes of a process, at any depth, by name."""
        found: dict[str, ProcessSpec] = {}
        for element in self.get_spec(name).task_specs.values():
            if isinstance(element, SubProcess):
                found[element.spec] = self.get_spec(element.spec)
                found.update(self.scopes_of(element.spec))
        return found
