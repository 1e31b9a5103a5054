"""Reading and changing the flow of one scope: its nodes, its sequence flows, new ones of both."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.normalise.names import NODES, SCOPES, tag


def drop_redundant_references(definitions: etree._Element) -> None:
    """Remove ``incoming`` and ``outgoing`` children: the flows themselves say it, and a rewriting would belie them."""
    for reference in list(definitions.iter(tag("incoming"), tag("outgoing"))):
        parent = reference.getparent()
        if parent is not None:
            parent.remove(reference)


def scopes(definitions: etree._Element) -> list[etree._Element]:
    """Every process and sub-process, outer before inner, as it stands now."""
    return list(definitions.iter(*SCOPES))


def nodes(scope: etree._Element) -> list[etree._Element]:
    """The flow nodes directly in ``scope``, in the order of the file."""
    return [child for child in scope if child.tag in NODES]


def flows(scope: etree._Element) -> list[etree._Element]:
    """The sequence flows directly in ``scope``."""
    return scope.findall(tag("sequenceFlow"))


def outgoing(scope: etree._Element, node_id: str) -> list[etree._Element]:
    """The sequence flows that leave ``node_id``."""
    return [flow for flow in flows(scope) if flow.get("sourceRef") == node_id]


def event_definitions(event: etree._Element) -> Iterator[etree._Element]:
    """The event definitions of an event; none for a none event."""
    return (child for child in event if isinstance(child.tag, str) and child.tag.endswith("EventDefinition"))


def is_event_subprocess(node: etree._Element) -> bool:
    """Whether ``node`` is an event sub-process."""
    return node.tag == tag("subProcess") and is_true(node.get("triggeredByEvent"))


def is_true(text: str | None, default: bool = False) -> bool:
    """The value of an ``xsd:boolean`` attribute."""
    return default if text is None else text.strip() in ("true", "1")


def identifier(element: etree._Element) -> str:
    """The id of a flow node, which the schema leaves optional and lint demands."""
    return element.get("id", "")


def add_node(scope: etree._Element, kind: str, node_id: str, **attributes: str) -> etree._Element:
    """Append a BPMN element such as a ``userTask`` to ``scope``."""
    return etree.SubElement(scope, tag(kind), {"id": node_id, **attributes})


def add_flow(scope: etree._Element, source: str, target: str) -> etree._Element:
    """Append an unconditional sequence flow; its id follows from its ends, as there is one between any two at most."""
    return add_node(scope, "sequenceFlow", f"{source}~{target}", sourceRef=source, targetRef=target)
