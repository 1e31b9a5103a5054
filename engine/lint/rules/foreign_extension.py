"""What other modelers add is kept in the file and not executed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.lint.model import Model
from engine.lint.problem import Problem

KNOWN = ("http://www.omg.org/spec/", "http://www.w3.org/", "urn:binglian:")
_FOREIGN = " and ".join(f"not(starts-with(namespace-uri(), '{known}'))" for known in KNOWN)
_NAMES = etree.XPath(f"//*[namespace-uri() and {_FOREIGN}] | //@*[namespace-uri() and {_FOREIGN}]")


def check(model: Model) -> Iterator[Problem]:
    for diagram in model.diagrams:
        found: Any = _NAMES(diagram.root)
        used = Counter(etree.QName(getattr(part, "attrname", part)).namespace for part in found)
        for namespace, count in used.items():
            message = f"有 {count} 处其他工具的扩展“{str(namespace)[:100]}”，会保留但不起作用"
            mend = "需要起作用的，用本平台的属性重新填写"
            yield Problem(diagram.file, message, mend, severity="note", line=1)
