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
from pytest_bdd.parser import ScenarioTemplate, Step
from pytest_bdd.scenario import scenario_wrapper_template_registry

from features.selection import PRODUCT, Selection
from regulations import Clause, load_clauses

COUNTEREXAMPLE = "反例"
MOST_LINES, LONGEST_LINE = 6, 300  # of why a sentence does not hold
MOST_CLAUSES = 2
_FORBIDS = re.compile("不得|仅|不能|拒绝")


@dataclass(slots=True)
class ScenarioResult:
    """One scenario of a run: where it stands, what it counts for (a region, or ``platform``), how it ended.

    ``trace`` are the sentences of the first example that failed, up to the one that did not hold, and why.
    """

    name: str
    file: str
    line: int
    place: str
    tags: frozenset[str]
    result: str = "not run"
    trace: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}《{self.name}》"

    def clause_ids(self, clauses: Mapping[str, Clause]) -> list[str]:
        """The clauses that the scenario names."""
        return sorted(self.tags & clauses.keys())


@dataclass(slots=True)
class Evidence:
    """The pytest plugin: collects every scenario of the run with its result, by test id."""

    root: Path
    selection: Selection
    scenarios: dict[str, ScenarioResult] = field(default_factory=dict)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note each collected scenario."""
        for item in items:
            function = getattr(item, "obj", None)
            template = scenario_wrapper_template_registry.get(function) if function else None
            if template is not None:
                self.scenarios[item.nodeid] = self._read(template)

    def pytest_bdd_before_step(self, request: pytest.FixtureRequest, step: Step) -> None:
        """Follow the sentences of the scenario."""
        self.scenarios[request.node.nodeid].trace.append(sentence("√", step))

    def pytest_bdd_step_error(self, request: pytest.FixtureRequest, step: Step, exception: BaseException) -> None:
        """The sentence that was begun does not hold."""
        trace = self.scenarios[request.node.nodeid].trace
        trace[-1] = sentence("×", step)
        trace += reason(exception)

    def pytest_bdd_step_func_lookup_error(self, request: pytest.FixtureRequest, step: Step) -> None:
        """Nobody knows what the sentence means."""
        self.scenarios[request.node.nodeid].trace += [sentence("×", step), "  没有这句话的步骤，见 features/steps/"]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a scenario ended; a failure in set-up or tear-down counts as failed."""
        scenario = self.scenarios.get(report.nodeid)
        if scenario is None or scenario.result == "failed":
            return
        if report.failed:
            scenario.result = "failed"
            if report.when != "call":
                scenario.trace += [f"  平台没有准备好：{line}" for line in str(report.longrepr).splitlines()[-1:]]
        elif report.when == "call":
            scenario.result = report.outcome

    def _read(self, template: ScenarioTemplate) -> ScenarioResult:
        rule_tags = template.rule.tags if template.rule else set()
        path = Path(template.feature.filename).resolve()
        shown = path.relative_to(self.root if path.is_relative_to(self.root) else self.selection.pack.parent)
        tags = frozenset(template.tags | template.feature.tags | rule_tags)
        place = self.selection.place_of(path)
        return ScenarioResult(template.name, shown.as_posix(), template.line_number, place, tags)


def sentence(mark: str, step: Step) -> str:
    """A sentence with its mark and line."""
    return f"{mark} {step.keyword} {step.name}（第 {step.line_number} 行）"


def reason(exception: BaseException) -> list[str]:
    """Why a sentence does not hold, in a few lines."""
    lines = [line.strip()[:LONGEST_LINE] for line in str(exception).splitlines() if line.strip()]
    kind = [] if isinstance(exception, AssertionError) else [type(exception).__name__]
    return [f"  {line}" for line in (*kind, *(lines or ["所见与这句话不符"])[:MOST_LINES])]


def misplaced(scenarios: Iterable[ScenarioResult]) -> list[str]:
    """Chinese sentences on scenarios that the gate does not accept, each with its place."""
    clauses = load_clauses()
    findings = []
    for scenario in scenarios:
        named = scenario.clause_ids(clauses)
        if len(named) > MOST_CLAUSES:
            findings.append(f"{scenario}标了 {len(named)} 个条文,至多 {MOST_CLAUSES} 个,请拆成几个场景。")
        unknown = sorted(
            tag for tag in scenario.tags if re.fullmatch(r"[a-z]+-\d[\da-z-]*", tag) and tag not in clauses
        )
        findings += [f"{scenario}标的条文 {tag} 不在条文目录中,请更正。" for tag in unknown]
        findings += [
            f"{scenario}在 {scenario.place}/ 下,不能证明条文 {clause},请移到 {clauses[clause].region}/ 或 platform/。"
            for clause in named
            if scenario.place not in (PRODUCT, clauses[clause].region)
        ]
    return findings


def judge(clause: Clause, scenarios: Iterable[ScenarioResult]) -> dict[str, object]:
    """The entry of one clause: ``{kind, must, scenarios: [{name, file, line, result}], shown}``."""
    relevant = [
        scenario for scenario in scenarios if clause.id in scenario.tags and scenario.place in (PRODUCT, clause.region)
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
