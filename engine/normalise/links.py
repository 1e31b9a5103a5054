"""A link is a way to draw one long sequence flow: its two ends become nodes that a token passes, joined by a flow."""

from __future__ import annotations

from lxml import etree

from engine.normalise.names import tag
from engine.normalise.tree import add_flow, identifier, nodes, scopes

_LINK = tag("linkEventDefinition")


def join_links(definitions: etree._Element) -> None:
    """Join every link throw event with the catch event of the same name in the same scope; both keep their ids."""
    for scope in scopes(definitions):
        ends = [(node, node.find(_LINK)) for node in nodes(scope)]
        links = [(node, definition) for node, definition in ends if definition is not None]
        targets = {
            definition.get("name"): identifier(node)
            for node, definition in links
            if node.tag == tag("intermediateCatchEvent")
        }
        for node, definition in links:
            if node.tag == tag("intermediateThrowEvent") and definition.get("name") in targets:
                add_flow(scope, identifier(node), targets[definition.get("name")])
            node.remove(definition)
            node.tag = tag("intermediateThrowEvent")
