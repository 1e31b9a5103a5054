"""What lint lets pass, the engine can prepare."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from engine import deploy
from engine.definitions import prepare
from engine.lint import RULES, lint
from tests.unit.engine.lint.test_any_file import damaged
from tests.unit.engine.lint.test_rules import FIXTURES, NOTES, REGISTRY


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*/correct.bpmn")), ids=lambda path: path.parent.name)
def test_correct_diagram_is_deployed(path: Path) -> None:
    definitions = deploy({path.name: path.read_bytes()}, REGISTRY)
    assert "stage" in definitions.processes


@pytest.mark.parametrize("rule", sorted(NOTES))
def test_notes_do_not_keep_a_diagram_from_being_deployed(rule: str) -> None:
    assert rule in RULES
    deploy({"p.bpmn": (FIXTURES / rule / "incorrect.bpmn").read_bytes()}, REGISTRY)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(damaged())
def test_damaged_diagram_is_refused_by_lint_or_prepared(content: bytes) -> None:
    files = {"p.bpmn": content}
    if not any(finding.severity == "error" for finding in lint(files, REGISTRY)):
        prepare(files)
