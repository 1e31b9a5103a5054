"""Conditional flows out of an activity or event are an inclusive split (BPMN 2.0.2, 13.3.1)."""

from __future__ import annotations

from collections import defaultdict

from lxml import etree

from engine.normalise.names import GATEWAYS, SCHEMA_INSTANCE, synthetic, tag
from engine.normalise.tree import add_flow, add_node, flows, identifier, nodes, scopes

_CONDITION = tag("conditionExpression")


def split_conditional_flows(definitions: etree._Element) -> None:
    """Move the conditional flows, and the default flow, of a node that is no gateway to an inclusive gateway.

    Flows without a condition are always taken: where there is a default flow they stay with the node, so that they
    do not stand in its way; where there is none they join the gateway with a condition that is always true, so that
    no true condition is no error.
    """
    for scope in scopes(definitions):
        leaving = defaultdict(list)
        for flow in flows(scope):
            leaving[flow.get("sourceRef")].append(flow)
        for node in nodes(scope):
            conditional = [flow for flow in leaving[identifier(node)] if flow.find(_CONDITION) is not None]
            if node.tag not in GATEWAYS and conditional:
                _split(scope, node, leaving[identifier(node)], conditional)


def _split(
    scope: etree._Element,
    node: etree._Element,
    leaving: list[etree._Element],
    conditional: list[etree._Element],
) -> None:
    default = node.get("default")
    split = add_node(scope, "inclusiveGateway", synthetic(identifier(node), "split"))
    if default is not None:
        del node.attrib["default"]
        split.set("default", default)
        moved = [flow for flow in leaving if flow in conditional or flow.get("id") == default]
    else:
        moved = leaving
    for flow in moved:
        flow.set("sourceRef", identifier(split))
        if default is None and flow not in conditional:
            _make_always_true(flow)
    add_flow(scope, identifier(node), identifier(split))


def _make_always_true(flow: etree._Element) -> None:
    expression = etree.SubElement(flow, _CONDITION)
    expression.set(f"{{{SCHEMA_INSTANCE}}}type", "tFormalExpression")
    expression.text = "True"
