"""What other modelers add is kept in the file and not executed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.lint.model import BPMN, DIAGRAM, Model
from engine.lint.problem import Problem

OWN = (BPMN, DIAGRAM, "http://www.omg.org/spec/DD/", "http://www.w3.org/", "urn:binglian:")


def check(model: Model) -> Iterator[Problem]:
    for diagram in model.diagrams:
        used: Counter[str] = Counter()
        for element in diagram.root.iter("*"):
            names = [element.tag, *element.attrib]
            used.update({etree.QName(name).namespace or "" for name in names})
        for namespace, count in used.items():
            if namespace and not namespace.startswith(OWN):
                message = f"有 {count} 个元素带有其他工具的扩展“{namespace[:100]}”，会保留但不起作用"
                mend = "需要起作用的，用本平台的属性重新填写"
                yield Problem(diagram.file, message, mend, severity="note", line=1)
