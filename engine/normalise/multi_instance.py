"""The interpreter cannot interrupt a repeated activity; it can interrupt a plain sub-process around it."""

from __future__ import annotations

from lxml import etree

from engine.normalise.names import ACTIVITIES, synthetic, tag
from engine.normalise.tree import (
    add_flow,
    add_node,
    boundary_events,
    identifier,
    incoming,
    is_event_subprocess,
    is_true,
    nodes,
    outgoing,
    scopes,
)

_LOOPS = (tag("multiInstanceLoopCharacteristics"), tag("standardLoopCharacteristics"))


def wrap_interrupted_multi_instances(definitions: etree._Element) -> None:
    """Put each repeated activity with an interrupting boundary event into a sub-process that wears its boundaries."""
    for scope in scopes(definitions):
        for node in nodes(scope):
            if node.tag not in ACTIVITIES or is_event_subprocess(node):
                continue
            worn = boundary_events(scope, identifier(node))
            repeated = any(node.find(loop) is not None for loop in _LOOPS)
            if repeated and any(is_true(event.get("cancelActivity"), default=True) for event in worn):
                _wrap(scope, node, worn)


def _wrap(scope: etree._Element, activity: etree._Element, worn: list[etree._Element]) -> None:
    activity_id = identifier(activity)
    wrapper_id = synthetic(activity_id, "scope")
    for event in worn:
        event.set("attachedToRef", wrapper_id)
    for flow in incoming(scope, activity_id):
        flow.set("targetRef", wrapper_id)
    for flow in outgoing(scope, activity_id):
        flow.set("sourceRef", wrapper_id)
    wrapper = etree.Element(tag("subProcess"), {"id": wrapper_id, "name": activity.get("name", activity_id)})
    scope.replace(activity, wrapper)
    start_id, end_id = synthetic(activity_id, "scope~start"), synthetic(activity_id, "scope~end")
    add_node(wrapper, "startEvent", start_id)
    wrapper.append(activity)
    add_node(wrapper, "endEvent", end_id)
    add_flow(wrapper, start_id, activity_id)
    add_flow(wrapper, activity_id, end_id)
