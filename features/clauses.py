"""``./bl clauses``: run the scenarios, print what shows each of the clauses, and write ``build/clauses.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from features.evidence import Evidence, judge, misplaced
from regulations import load_clauses

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "build" / "clauses.json"
# the rules of the gate need pytest-bdd before pytest begins: there is nothing in it that had to be rewritten
OPTIONS = ("features", "-q", "--no-header", "-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning")


def main(arguments: Sequence[str]) -> int:
    """Run all scenarios (further ``arguments`` go to pytest); the exit code, 0 when every scenario passed."""
    evidence = Evidence(ROOT)
    exit_code = pytest.main([*OPTIONS, *arguments], plugins=[evidence])
    scenarios = list(evidence.scenarios.values())
    report = {clause.id: judge(clause, scenarios) for clause in load_clauses().values()}
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    print_table(report)
    findings = misplaced(scenarios)
    for finding in findings:
        print(finding)
    return 1 if findings else int(exit_code)


def print_table(report: Mapping[str, Mapping[str, Any]]) -> None:
    """One line a clause with what shows it, then the count."""
    for clause_id, entry in report.items():
        print(f"{_mark(entry)} {clause_id:<18} {entry['must']}")
        for scenario in entry["scenarios"]:
            print(f"    {scenario['result']:<7} {scenario['file']}:{scenario['line']} {scenario['name']}")
    needed = [entry for entry in report.values() if entry["kind"] != "context"]
    shown = sum(bool(entry["shown"]) for entry in needed)
    print(f"条文 {len(report)} 条,须有场景证明 {len(needed)} 条,已证明 {shown} 条;明细见 {REPORT.relative_to(ROOT)}")


def _mark(entry: Mapping[str, Any]) -> str:
    if entry["kind"] == "context":
        return "(无需)"
    return "[已证]" if entry["shown"] else "[未证]"
