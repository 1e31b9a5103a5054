"""A node without an outgoing flow ends its token; the interpreter notices only an end event."""

from __future__ import annotations

from lxml import etree

from engine.normalise.names import synthetic, tag
from engine.normalise.tree import add_flow, add_node, flows, identifier, is_event_subprocess, nodes, scopes


def draw_implicit_ends(definitions: etree._Element) -> None:
    """Lead every node from which no flow leaves, other than an end event, to a none end event of its own."""
    for scope in scopes(definitions):
        sources = {flow.get("sourceRef") for flow in flows(scope)}
        for node in nodes(scope):
            if node.tag == tag("endEvent") or identifier(node) in sources or is_event_subprocess(node):
                continue
            end_id = synthetic(identifier(node), "end")
            add_node(scope, "endEvent", end_id)
            add_flow(scope, identifier(node), end_id)
