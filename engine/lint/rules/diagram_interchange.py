"""What has no shape cannot be drawn, so nobody could see what runs."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.lint.model import DIAGRAM, Diagram, Model
from engine.lint.problem import Problem

BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"


def check(model: Model) -> Iterator[Problem]:
    drawn = {diagram.file: _drawn(diagram) for diagram in model.diagrams}
    for scope in model.scopes:
        for node in scope.nodes:
            if node.id and node.id not in drawn[scope.file]:
                yield Problem(node, "没有图形位置", "在建模工具中画出它，或删除它")
        for flow in scope.flows:
            if flow.id and flow.id not in drawn[scope.file]:
                yield Problem(flow, "连线没有图形", "在建模工具中画出这条线，或删除它")


def _drawn(diagram: Diagram) -> set[str]:
    shapes = diagram.root.iter(f"{{{DIAGRAM}}}BPMNShape", f"{{{DIAGRAM}}}BPMNEdge")
    return {shape.get("bpmnElement", "") for shape in shapes if _has_place(shape)}


def _has_place(shape: etree._Element) -> bool:
    return shape.find(BOUNDS) is not None or len(shape.findall(WAYPOINT)) > 1
