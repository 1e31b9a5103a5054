"""Checks diagrams before they are put in force: whatever would hang, crash or be ignored is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from engine.findings import Finding
from engine.lint.model import read_model
from engine.lint.rules import RULES
from engine.registry import Registry

__all__ = ["RULES", "lint"]

MOST_FINDINGS = 100


def lint(files: Mapping[str, bytes], registry: Registry) -> list[Finding]:
    """What is wrong with the diagrams of one release, in the order of the files and their lines.

    ``files`` maps a name for messages to the bytes of a BPMN file; they are checked together, because they call each
    other. Never raises for the content of a file. A rule stops after 100 findings: who mends so many finds
    the rest next time.
    """
    model = read_model(files, registry)
    roots = {diagram.root: diagram.file for diagram in model.diagrams}
    findings = [
        problem.as_finding(rule, roots)
        for rule, check in RULES.items()
        for problem in islice(check(model), MOST_FINDINGS)
    ]
    order = {file: position for position, file in enumerate(files)}
    findings.sort(key=lambda finding: (order[finding.file], finding.line, finding.rule))
    return findings
