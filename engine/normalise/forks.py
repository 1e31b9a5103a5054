"""Several flows out of an activity or event are a fork; the interpreter wants it drawn as a parallel gateway."""

from __future__ import annotations

from lxml import etree

from engine.normalise.names import GATEWAYS, synthetic
from engine.normalise.tree import add_flow, add_node, identifier, nodes, outgoing, scopes


def draw_implicit_forks(definitions: etree._Element) -> None:
    """Insert a parallel gateway where several flows leave a node that is no gateway; the flows keep their ids."""
    for scope in scopes(definitions):
        for node in nodes(scope):
            leaving = outgoing(scope, identifier(node))
            if node.tag not in GATEWAYS and len(leaving) > 1:
                fork_id = synthetic(identifier(node), "fork")
                add_node(scope, "parallelGateway", fork_id)
                for flow in leaving:
                    flow.set("sourceRef", fork_id)
                add_flow(scope, identifier(node), fork_id)
