"""Rewrites what authors draw, and the interpreter runs wrong, into plain BPMN that it runs right.

Every rewriting happens in memory after lint and before parsing. Elements that mean something to people keep their
ids; elements that exist only for the interpreter get ids with a ``~``, which no author can write.
"""

from __future__ import annotations

from lxml import etree

from engine.normalise.conditional_flows import split_conditional_flows
from engine.normalise.end_events import throw_signals_before_ending
from engine.normalise.event_subprocesses import wrap_event_subprocesses
from engine.normalise.forks import draw_implicit_forks
from engine.normalise.implicit_ends import draw_implicit_ends
from engine.normalise.links import join_links
from engine.normalise.multi_instance import wrap_interrupted_multi_instances
from engine.normalise.names import is_synthetic
from engine.normalise.tree import drop_redundant_references

__all__ = ["is_synthetic", "normalise"]


def normalise(definitions: etree._Element) -> etree._Element:
    """Rewrite ``definitions`` (the ``bpmn:definitions`` element of a linted file) in place and return it.

    The order matters: links and ends become plain nodes first, so that forks and scopes see only plain nodes; a
    scope is wrapped last, when everything in it stands.
    """
    drop_redundant_references(definitions)
    join_links(definitions)
    throw_signals_before_ending(definitions)
    draw_implicit_ends(definitions)
    split_conditional_flows(definitions)
    draw_implicit_forks(definitions)
    wrap_interrupted_multi_instances(definitions)
    wrap_event_subprocesses(definitions)
    return definitions
