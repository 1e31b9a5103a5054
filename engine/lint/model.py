"""The parsed diagrams as lint sees them: files, scopes, nodes and flows, linked both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from engine.registry import Registry
from engine.xml import FileRefused, parse

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
BINGLIAN = "urn:binglian:bpmn:1"
MOST_FILES = 200
MOST_BYTES = 16 * 1024 * 1024
_OWN = etree.XPath("//*[starts-with(namespace-uri(), 'urn:binglian:')]")

GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateThrowEvent", "intermediateCatchEvent", "boundaryEvent"})
SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
TASKS = frozenset(
    {"task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask"}
)
PERSONAL = ("userTask", "manualTask")
"""Tasks that wait for a person; the engine runs both alike."""
ACTIVITIES = TASKS | SUB_PROCESSES | {"callActivity"}
CHOREOGRAPHY = frozenset({"choreographyTask", "callChoreography", "subChoreography", "implicitThrowEvent", "event"})
NODES = GATEWAYS | EVENTS | ACTIVITIES | CHOREOGRAPHY


def bpmn(name: str) -> str:
    """The qualified tag of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def local_name(element: etree._Element) -> str:
    """The tag of an element without its namespace."""
    return etree.QName(element).localname


def is_bpmn(element: etree._Element) -> bool:
    """Whether an element belongs to BPMN itself."""
    return isinstance(element.tag, str) and element.tag.startswith(f"{{{BPMN}}}")


def flag(element: etree._Element, attribute: str, default: bool = False) -> bool:
    """The value of an ``xsd:boolean`` attribute."""
    text = element.get(attribute)
    return default if text is None else text.strip() in ("true", "1")


def text_of(element: etree._Element | None) -> str:
    """The text of an element without surrounding space."""
    return "" if element is None else (element.text or "").strip()


@dataclass(eq=False, slots=True)
class Flow:
    """A sequence flow; ``source`` and ``target`` are ``None`` when they are not nodes of its scope."""

    element: etree._Element
    id: str
    source: Node | None
    target: Node | None
    condition: str | None


@dataclass(eq=False, slots=True)
class Node:
    """An event, activity or gateway; ``kind`` is its BPMN tag, ``definitions`` its event definitions,
    ``inner`` the scope inside a sub-process.
    """

    element: etree._Element
    kind: str
    id: str
    scope: Scope
    definitions: list[etree._Element]
    inner: Scope | None = None
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.element.get("name", "")

    @property
    def trigger(self) -> str:
        """``timer``, ``message`` ..., or ``none``; the first one if there are several."""
        return local_name(self.definitions[0]).removesuffix("EventDefinition") if self.definitions else "none"

    @property
    def is_event_sub_process(self) -> bool:
        return self.kind in SUB_PROCESSES and flag(self.element, "triggeredByEvent")

    @property
    def loop(self) -> etree._Element | None:
        """Its multi-instance characteristics."""
        return self.element.find(bpmn("multiInstanceLoopCharacteristics"))

    def extension(self, name: str) -> etree._Element | None:
        """The first ``bl:`` element of that name in its extension elements."""
        return self.element.find(f"{bpmn('extensionElements')}/{{{BINGLIAN}}}{name}")

    def declared(self, name: str, attribute: str) -> str:
        """The value of an attribute of that ``bl:`` element, empty where it says nothing."""
        element = self.extension(name)
        return "" if element is None else element.get(attribute, "")

    def boundaries(self) -> list[Node]:
        """The boundary events attached to it."""
        return self.scope.attached.get(self.id, [])

    def successors(self) -> Iterator[Node]:
        """The nodes to which a token goes on: along flows, and from a link throw event to its catch event."""
        for flow in self.outgoing:
            if flow.target is not None:
                yield flow.target
        if self.kind == "intermediateThrowEvent" and self.trigger == "link":
            yield from self.scope.link_targets.get(self.definitions[0].get("name", ""), [])


@dataclass(eq=False, slots=True)
class Scope:
    """A process or a sub-process: what may be connected by sequence flows."""

    element: etree._Element
    kind: str
    id: str
    file: str
    parent: Scope | None
    node: Node | None = None
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    by_id: dict[str, Node] = field(default_factory=dict)
    attached: dict[str, list[Node]] = field(default_factory=dict)
    link_targets: dict[str, list[Node]] = field(default_factory=dict)

    @property
    def process(self) -> Scope:
        """The process around it."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def is_event_sub_process(self) -> bool:
        return self.node is not None and self.node.is_event_sub_process

    def starts(self) -> list[Node]:
        """Its start events."""
        return [node for node in self.nodes if node.kind == "startEvent"]

    def handlers(self) -> list[Scope]:
        """The event sub-processes in it."""
        return [node.inner for node in self.nodes if node.inner is not None and node.is_event_sub_process]


@dataclass(eq=False, slots=True)
class Diagram:
    """One file that could be read."""

    file: str
    root: etree._Element


@dataclass(eq=False, slots=True)
class Model:
    """Everything that is deployed together; ``extensions`` are the elements of our own namespaces."""

    registry: Registry
    diagrams: list[Diagram] = field(default_factory=list)
    refused: dict[str, FileRefused] = field(default_factory=dict)
    scopes: list[Scope] = field(default_factory=list)
    processes: dict[str, Scope] = field(default_factory=dict)
    extensions: list[etree._Element] = field(default_factory=list)

    def nodes(self, *kinds: str) -> Iterator[Node]:
        """All nodes of these kinds, or all nodes."""
        for scope in self.scopes:
            for node in scope.nodes:
                if not kinds or node.kind in kinds:
                    yield node

    def elements(self, *names: str) -> Iterator[etree._Element]:
        """All BPMN elements of these names in all files."""
        for diagram in self.diagrams:
            yield from diagram.root.iter(*map(bpmn, names))


def read_model(files: Mapping[str, bytes], registry: Registry) -> Model:
    """Parse the files; those that cannot be read are kept in ``refused``."""
    model = Model(registry)
    total = 0
    for position, (file, content) in enumerate(files.items()):
        total += len(content)
        try:
            if position >= MOST_FILES or total > MOST_BYTES:
                raise FileRefused(f"流程图超过 {MOST_FILES} 个，或共超过 {MOST_BYTES >> 20} MB", 0, "去掉不用的流程图")
            root = parse(content)
        except FileRefused as refusal:
            model.refused[file] = refusal
            continue
        model.diagrams.append(Diagram(file, root))
        model.extensions.extend(cast(list[etree._Element], _OWN(root)))
        for element in root.iterchildren(bpmn("process")):
            process = _read_scope(model, element, file, None)
            model.processes.setdefault(process.id, process)
    return model


def _read_scope(model: Model, element: etree._Element, file: str, parent: Scope | None) -> Scope:
    scope = Scope(element, local_name(element), element.get("id", ""), file, parent)
    model.scopes.append(scope)
    for child in element:
        if is_bpmn(child) and local_name(child) in NODES:
            _read_node(model, child, scope)
    for child in element.iterchildren(bpmn("sequenceFlow")):
        _read_flow(child, scope)
    return scope


def _read_node(model: Model, element: etree._Element, scope: Scope) -> None:
    definitions = [child for child in element if is_bpmn(child) and local_name(child).endswith("EventDefinition")]
    node = Node(element, local_name(element), element.get("id", ""), scope, definitions)
    scope.nodes.append(node)
    scope.by_id.setdefault(node.id, node)
    if node.kind == "boundaryEvent":
        scope.attached.setdefault(element.get("attachedToRef", ""), []).append(node)
    if node.kind == "intermediateCatchEvent" and node.trigger == "link":
        scope.link_targets.setdefault(definitions[0].get("name", ""), []).append(node)
    if node.kind in SUB_PROCESSES:
        node.inner = _read_scope(model, element, scope.file, scope)
        node.inner.node = node


def _read_flow(element: etree._Element, scope: Scope) -> None:
    condition = element.find(bpmn("conditionExpression"))
    source, target = (scope.by_id.get(element.get(end, "")) for end in ("sourceRef", "targetRef"))
    text = None if condition is None else text_of(condition)
    flow = Flow(element, element.get("id", ""), source, target, text)
    scope.flows.append(flow)
    if source is not None:
        source.outgoing.append(flow)
    if target is not None:
        target.incoming.append(flow)
