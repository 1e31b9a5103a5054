"""What a rule reports before lint turns it into a finding."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from engine.findings import Finding, Severity
from engine.lint.model import Flow, Node, Scope


@dataclass(frozen=True, slots=True)
class Problem:
    """``where`` is the element in question, or the name of a file; the rest as in ``Finding``."""

    where: Node | Flow | Scope | etree._Element | str
    message: str
    mend: str
    severity: Severity = "error"
    line: int = 0

    def as_finding(self, rule: str, files: dict[etree._Element, str]) -> Finding:
        """Name the element: itself, or the nearest one around it that has an id."""
        if isinstance(self.where, str):
            return Finding(rule, self.severity, self.where, self.line, "", "", self.message, self.mend)
        element = self.where if isinstance(self.where, etree._Element) else self.where.element
        line = element.sourceline if isinstance(element.sourceline, int) else 0
        file = files[element.getroottree().getroot()]
        named: etree._Element | None = element
        while named is not None and not named.get("id"):
            named = named.getparent()
        identity, name = ("", "") if named is None else (named.get("id", ""), named.get("name", ""))
        return Finding(rule, self.severity, file, line, identity, name, self.message, self.mend)
