"""What has no id can be neither connected nor found again in a running case."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.lint.model import Flow, Model, Node, Scope
from engine.lint.problem import Problem

DEFINITIONS = ("message", "signal", "error", "escalation")


def check(model: Model) -> Iterator[Problem]:
    for part in _parts(model):
        identity = part.get("id") if isinstance(part, etree._Element) else part.id
        if not identity:
            yield Problem(part, "元素没有 id", "补上一个在文件中唯一的 id")


def _parts(model: Model) -> Iterator[Scope | Node | Flow | etree._Element]:
    yield from model.elements(*DEFINITIONS)
    for scope in model.scopes:
        if scope.parent is None:
            yield scope
        yield from scope.nodes
        yield from scope.flows
