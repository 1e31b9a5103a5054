"""Event sub-processes become boundary events of a sub-process that holds the scope's ordinary flow.

A scope with an ordinary flow B and event sub-processes E1, E2... is rewritten to: start -> [B] -> end, where the
synthetic sub-process [B] wears one boundary event for each E, leading to E as an ordinary sub-process. The scope then
ends when B and every handler have ended, an interrupting E takes B away, and errors thrown inside an E that has
interrupted go outwards, all by the plain rules of boundary events.

Where a scope has both kinds, the non-interrupting handlers run inside a second body around the first, so that an
interrupting event takes them away as well: start -> [[B] + non-interrupting handlers] -> end.
"""

from __future__ import annotations

from lxml import etree

from engine.normalise.names import NODES, synthetic, tag
from engine.normalise.tree import (
    add_flow,
    add_node,
    event_definitions,
    identifier,
    is_event_subprocess,
    is_true,
    nodes,
    outgoing,
    scopes,
)

_TERMINATE = tag("terminateEventDefinition")
_ERROR = tag("errorEventDefinition")


def wrap_event_subprocesses(definitions: etree._Element) -> None:
    """Rewrite every scope that has event sub-processes; nested scopes are rewritten each on its own."""
    for scope in scopes(definitions):
        handlers = [node for node in nodes(scope) if is_event_subprocess(node)]
        if handlers:
            _wrap(definitions, scope, handlers)


def _wrap(definitions: etree._Element, scope: etree._Element, handlers: list[etree._Element]) -> None:
    starts = {identifier(handler): _start_of(handler) for handler in handlers}
    aside = [handler for handler in handlers if not _interrupts(starts[identifier(handler)])]
    instead = [handler for handler in handlers if handler not in aside]
    body = _move_flow_into_body(scope, synthetic(identifier(scope), "body"))
    terminating = [end for end in body.findall(tag("endEvent")) if end.find(_TERMINATE) is not None]
    if aside:
        _attach(scope, body, aside, starts, interrupting=False)
        if instead or terminating:
            body = _move_flow_into_body(scope, synthetic(identifier(scope), "whole"))
    _attach(scope, body, instead, starts, interrupting=True)
    if terminating:
        _terminate_whole_scope(definitions, scope, body, terminating)


def _start_of(handler: etree._Element) -> etree._Element:
    start = handler.find(tag("startEvent"))
    assert start is not None, "lint demands a start event in an event sub-process"
    return start


def _interrupts(start: etree._Element) -> bool:
    return start.find(_ERROR) is not None or is_true(start.get("isInterrupting"), default=True)


def _move_flow_into_body(scope: etree._Element, body_id: str) -> etree._Element:
    """Put all flow of ``scope`` behind its start events into a new sub-process and return that; handlers stay."""
    starts = scope.findall(tag("startEvent"))
    inside = [
        child
        for child in scope
        if (child.tag in NODES or child.tag == tag("sequenceFlow"))
        and child not in starts
        and not is_event_subprocess(child)
    ]
    body = add_node(scope, "subProcess", body_id, name=scope.get("name", identifier(scope)))
    inner_start = synthetic(body_id, "start")
    add_node(body, "startEvent", inner_start)
    for child in inside:
        body.append(child)
    for start in starts:
        for flow in outgoing(body, identifier(start)):
            flow.set("sourceRef", inner_start)
        add_flow(scope, identifier(start), body_id)
    end_id = synthetic(body_id, "end")
    add_node(scope, "endEvent", end_id)
    add_flow(scope, body_id, end_id)
    return body


def _attach(
    scope: etree._Element,
    body: etree._Element,
    handlers: list[etree._Element],
    starts: dict[str, etree._Element],
    interrupting: bool,
) -> None:
    """Make each handler an ordinary sub-process behind a boundary event, which takes over its start event's id."""
    for handler in handlers:
        start = starts[identifier(handler)]
        event_id = identifier(start)
        boundary = add_node(scope, "boundaryEvent", event_id, attachedToRef=identifier(body))
        boundary.set("cancelActivity", "true" if interrupting else "false")
        boundary.set("name", start.get("name", event_id))
        for child in list(start):
            boundary.append(child)
        start.set("id", synthetic(event_id, "start"))
        for flow in outgoing(handler, event_id):
            flow.set("sourceRef", identifier(start))
        del handler.attrib["triggeredByEvent"]
        end_id = synthetic(identifier(handler), "end")
        add_node(scope, "endEvent", end_id)
        add_flow(scope, event_id, identifier(handler))
        add_flow(scope, identifier(handler), end_id)


def _terminate_whole_scope(
    definitions: etree._Element, scope: etree._Element, body: etree._Element, ends: list[etree._Element]
) -> None:
    """Let the terminate end events of the body end the scope around it: by an error that only its boundary knows."""
    error_id = synthetic(identifier(scope), "terminate")
    error = etree.Element(tag("error"), {"id": error_id, "name": error_id, "errorCode": error_id})
    definitions.insert(0, error)
    for end in ends:
        for definition in list(event_definitions(end)):
            end.remove(definition)
        etree.SubElement(end, _ERROR, {"errorRef": error_id})
    boundary_id = synthetic(identifier(scope), "terminated")
    boundary = add_node(scope, "boundaryEvent", boundary_id, attachedToRef=identifier(body), cancelActivity="true")
    etree.SubElement(boundary, _ERROR, {"errorRef": error_id})
    end = add_node(scope, "endEvent", synthetic(boundary_id, "end"))
    etree.SubElement(end, _TERMINATE)
    add_flow(scope, boundary_id, identifier(end))
