"""``./bl clauses``: play the scenarios, print what shows each of the clauses, and write ``build/clauses.json``."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from cases.releases import vocabulary
from features import accepted, selection
from features.evidence import Evidence, ScenarioResult, judge, misplaced
from features.selection import Selection
from launcher.arguments import ChineseParser
from launcher.trouble import CannotStart
from processes.findings import PackInvalid
from processes.loader import load_folder
from regulations import load_clauses

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "build" / "clauses.json"
# the rules of the gate need pytest-bdd before pytest begins: there is nothing in it that had to be rewritten
OPTIONS = ("--no-header", "-q", "--tb=no", "--no-summary", "-W", "ignore:Module already imported:pytest.PytestWarning")


def main(arguments: Sequence[str]) -> int:
    """Play the chosen scenarios; the exit code, 0 when every one passed and stands where it counts."""
    options, chosen = parse(arguments)
    selection.use(chosen)
    evidence = Evidence(ROOT, chosen)
    test = str(Path(__file__).with_name("test_scenarios.py"))
    code = int(pytest.main([test, "--rootdir", str(ROOT), *OPTIONS, *options.further], plugins=[evidence]))
    scenarios = list(evidence.scenarios.values())
    findings = misplaced(scenarios)
    whole = not (options.features or options.region or options.pack or options.further)
    report = {clause.id: judge(clause, scenarios) for clause in load_clauses().values()}
    print_table(report if whole else {name: entry for name, entry in report.items() if entry["scenarios"]}, whole)
    print_failures(scenarios)
    for finding in findings:
        print(finding)
    if options.report is not None:
        write(options.report, {"findings": findings, "scenarios": [as_data(scenario) for scenario in scenarios]})
    if whole:
        write(REPORT, report)
        if code == 0 and not findings:
            accepted.accept(load_folder(chosen.pack, vocabulary()))
    return 1 if findings else code


def parse(arguments: Sequence[str]) -> tuple[Namespace, Selection]:
    """The options of ``./bl clauses`` and what they choose; raises ``CannotStart`` for what is not there."""
    parser = ChineseParser("./bl clauses", "运行法规条款的场景，说出每条条文由哪些场景证明。")
    parser.add_argument("features", nargs="*", type=Path, metavar="特性", help="只运行这些 .feature 文件或目录")
    parser.add_argument("--region", metavar="地区", help="只运行平台与这个地区的场景，例如 beizhen")
    parser.add_argument("--pack", type=Path, metavar="目录", help="在这个地区包上运行平台与该地区的场景")
    parser.add_argument("--report", type=Path, metavar="文件", help="把每个场景的结果写成 JSON")
    parser.add_argument("-k", dest="further", type=lambda text: ["-k", text], default=[], help="只运行名称含此文字的")
    options = parser.parse_args(arguments)
    try:
        chosen = selected(options)
    except PackInvalid as invalid:
        raise CannotStart(str(invalid)) from None
    if options.features:
        chosen = chosen.only(options.features)
    if not chosen.features or (options.region and options.region not in chosen.features):
        raise CannotStart(
            f"没有找到场景：{' '.join(arguments)}。场景在 features/ 各目录的 .feature 文件里。", exit_code=2
        )
    return options, chosen


def selected(options: Namespace) -> Selection:
    """The scenarios of the pack, of the region, or all."""
    if options.pack is not None:
        release = load_folder(options.pack, vocabulary())
        if not release.people:
            raise CannotStart(
                f"{options.pack} 没有 people.toml，条文场景没有人来演；写法见 processes/beizhen/people.toml。"
            )
        return selection.of_region(release.clauses, options.pack)
    return selection.of_region(options.region) if options.region else selection.everything()


def as_data(scenario: ScenarioResult) -> dict[str, Any]:
    """A scenario for whoever reads the report."""
    return {
        "name": scenario.name,
        "file": scenario.file,
        "line": scenario.line,
        "result": scenario.result,
        "clauses": scenario.clause_ids(load_clauses()),
        "trace": scenario.trace,
    }


def write(path: Path, data: Any) -> None:
    """Write JSON that people can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def print_table(report: Mapping[str, Mapping[str, Any]], whole: bool) -> None:
    """One line a clause with what shows it, then the count."""
    print()
    for clause_id, entry in report.items():
        print(f"{_mark(entry)} {clause_id:<18} {entry['must']}")
        for scenario in entry["scenarios"]:
            print(f"    {scenario['result']:<7} {scenario['file']}:{scenario['line']} {scenario['name']}")
    needed = [entry for entry in report.values() if entry["kind"] != "context"]
    shown = sum(bool(entry["shown"]) for entry in needed)
    if whole:
        where = REPORT.relative_to(ROOT)
        print(f"条文 {len(report)} 条，须有场景证明 {len(needed)} 条，已证明 {shown} 条；明细见 {where}")
    else:
        print(f"所选场景涉及条文 {len(report)} 条，其中已证明 {shown} 条")


def print_failures(scenarios: Iterable[ScenarioResult]) -> None:
    """Every scenario that did not pass, sentence by sentence up to the one that did not hold."""
    for scenario in scenarios:
        if scenario.result != "passed":
            print(f"\n未通过 {scenario}")
            for line in scenario.trace:
                print(f"    {line}")


def _mark(entry: Mapping[str, Any]) -> str:
    if entry["kind"] == "context":
        return "（无需）"
    return "［已证］" if entry["shown"] else "［未证］"
