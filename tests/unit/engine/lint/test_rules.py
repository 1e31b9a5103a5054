"""Every rule finds exactly what is wrong in its incorrect diagram, and nothing in its correct one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.lint import RULES, lint
from engine.registry import Registry

HERE = Path(__file__).parent
FIXTURES = HERE / "fixtures"
PAGES = Path(__file__).resolve().parents[4] / "docs" / "rules"
EXPECTED: dict[str, list[str]] = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
NOTES = {"data-drawing", "foreign-extension", "known-variable", "step-name"}
REGISTRY = Registry(
    operations=frozenset({"item.accept"}),
    forms=frozenset({"item_review"}),
    roles=frozenset({"officer", "applicant"}),
    guards=frozenset({"materials_passed"}),
)


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: str) -> None:
    correct = (FIXTURES / rule / "correct.bpmn").read_bytes()
    incorrect = (FIXTURES / rule / "incorrect.bpmn").read_bytes()

    assert [str(finding) for finding in lint({"correct.bpmn": correct}, REGISTRY)] == []
    findings = lint({"incorrect.bpmn": incorrect}, REGISTRY)

    assert {finding.rule for finding in findings} == {rule}
    assert [finding.element_id for finding in findings] == EXPECTED[rule]
    assert {finding.severity for finding in findings} == {"note" if rule in NOTES else "error"}
    for finding in findings:
        assert finding.file == "incorrect.bpmn"
        assert 0 <= finding.line <= incorrect.count(b"\n")
        assert is_chinese(finding.message)
        assert is_chinese(finding.mend)


@pytest.mark.parametrize("rule", RULES)
def test_rule_has_a_page_that_says_what_why_and_how(rule: str) -> None:
    page = (PAGES / f"{rule}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {rule}：")
    for part in ("**哪里不对**", "**为什么**", "**怎么改**", "不对：", "改正后："):
        assert part in page


def test_there_is_no_page_and_no_fixture_without_a_rule() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == set(RULES)
    assert {folder.name for folder in FIXTURES.iterdir()} == set(RULES) == set(EXPECTED)


def is_chinese(text: str) -> bool:
    """Whether people are spoken to in their language."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)
