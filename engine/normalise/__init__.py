"""Rewrites what authors draw into plainer BPMN that the interpreter can run, before parsing and in memory only.

Elements that mean something to people keep their ids; elements that exist only for the interpreter get ids with a
``~``, which no author can write.
"""

from __future__ import annotations

from lxml import etree

from engine.normalise.conditional_flows import split_conditional_flows
from engine.normalise.event_subprocesses import wrap_event_subprocesses
from engine.normalise.links import join_links
from engine.normalise.names import drawn_id, is_synthetic
from engine.normalise.tree import drop_redundant_references

__all__ = ["drawn_id", "is_synthetic", "normalise"]


def normalise(definitions: etree._Element) -> etree._Element:
    """Rewrite ``definitions`` (the ``bpmn:definitions`` element of a linted file) in place and return it.

    Scopes are wrapped last, when everything in them stands.
    """
    drop_redundant_references(definitions)
    join_links(definitions)
    split_conditional_flows(definitions)
    wrap_event_subprocesses(definitions)
    return definitions
