"""What a run of the scenarios shows of the clauses: a pytest plugin that collects, and the rules of the gate.

A scenario names at most two clauses by tag. It counts for a clause only from ``features/platform/`` (behaviour of the
product) or from the folder of the clause's own region, and a clause that forbids needs a scenario that tried
(``@反例``). A clause is shown when it has such scenarios and all of them passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pytest_bdd.parser import ScenarioTemplate
from pytest_bdd.scenario import scenario_wrapper_template_registry

from regulations import Clause, load_clauses

COUNTEREXAMPLE = "反例"
PRODUCT = "platform"
MOST_CLAUSES = 2
_FORBIDS = re.compile("不得|仅|不能|拒绝")


@dataclass(slots=True)
class ScenarioResult:
    """One scenario of a run: where it stands, the tags it carries, and how it ended."""

    name: str
    file: str
    line: int
    tags: frozenset[str]
    result: str = "not run"

    @property
    def folder(self) -> str:
        """The folder below ``features/``: a region, or ``platform``."""
        return Path(self.file).parts[1]

    def clause_ids(self, clauses: Mapping[str, Clause]) -> list[str]:
        """The clauses that the scenario names."""
        return sorted(self.tags & clauses.keys())


@dataclass(slots=True)
class Evidence:
    """The pytest plugin: collects every scenario of the run with its result, by test id."""

    root: Path
    scenarios: dict[str, ScenarioResult] = field(default_factory=dict)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note each collected scenario."""
        for item in items:
            function = getattr(item, "obj", None)
            template = scenario_wrapper_template_registry.get(function) if function else None
            if template is not None:
                self.scenarios[item.nodeid] = self._read(template)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a scenario ended; a failure in set-up or tear-down counts as failed."""
        scenario = self.scenarios.get(report.nodeid)
        if scenario is None or scenario.result == "failed":
            return
        if report.failed:
            scenario.result = "failed"
        elif report.when == "call":
            scenario.result = report.outcome

    def _read(self, template: ScenarioTemplate) -> ScenarioResult:
        rule_tags = template.rule.tags if template.rule else set()
        path = Path(template.feature.filename).resolve().relative_to(self.root)
        tags = frozenset(template.tags | template.feature.tags | rule_tags)
        return ScenarioResult(template.name, str(path), template.line_number, tags)


def misplaced(scenarios: Iterable[ScenarioResult]) -> list[str]:
    """Chinese sentences on scenarios that the gate does not accept, each with its place."""
    clauses = load_clauses()
    findings = []
    for scenario in scenarios:
        place = f"{scenario.file}:{scenario.line}《{scenario.name}》"
        named = scenario.clause_ids(clauses)
        if len(named) > MOST_CLAUSES:
            findings.append(f"{place}标了 {len(named)} 个条文,至多 {MOST_CLAUSES} 个,请拆成几个场景。")
        unknown = sorted(
            tag for tag in scenario.tags if re.fullmatch(r"[a-z]+-\d[\da-z-]*", tag) and tag not in clauses
        )
        findings += [f"{place}标的条文 {tag} 不在条文目录中,请更正。" for tag in unknown]
        findings += [
            f"{place}在 {scenario.folder}/ 下,不能证明条文 {clause},请移到 {clauses[clause].region}/ 或 platform/。"
            for clause in named
            if scenario.folder not in (PRODUCT, clauses[clause].region)
        ]
    return findings


def judge(clause: Clause, scenarios: Iterable[ScenarioResult]) -> dict[str, object]:
    """The entry of one clause: ``{kind, must, scenarios: [{name, file, line, result}], shown}``."""
    relevant = [
        scenario for scenario in scenarios if clause.id in scenario.tags and scenario.folder in (PRODUCT, clause.region)
    ]
    tried = not _FORBIDS.search(clause.must) or any(COUNTEREXAMPLE in scenario.tags for scenario in relevant)
    passed = bool(relevant) and all(scenario.result == "passed" for scenario in relevant)
    return {
        "kind": clause.kind,
        "must": clause.must,
        "scenarios": [
            {"name": scenario.name, "file": scenario.file, "line": scenario.line, "result": scenario.result}
            for scenario in relevant
        ],
        "shown": passed and tried,
    }
