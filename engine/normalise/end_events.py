"""The interpreter's end event throws no signal: a throw event does it, and a plain end event follows."""

from __future__ import annotations

from lxml import etree

from engine.normalise.names import synthetic, tag
from engine.normalise.tree import add_flow, add_node, identifier, scopes


def throw_signals_before_ending(definitions: etree._Element) -> None:
    """Turn each signal end event into a signal throw event of the same id that leads to a none end event."""
    for scope in scopes(definitions):
        for end in scope.findall(tag("endEvent")):
            if end.find(tag("signalEventDefinition")) is None:
                continue
            end.tag = tag("intermediateThrowEvent")
            end_id = synthetic(identifier(end), "end")
            add_node(scope, "endEvent", end_id)
            add_flow(scope, identifier(end), end_id)
