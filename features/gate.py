"""The clause gate: plays the scenarios of a region on a release that is not in force yet, and says what it breaks.

The scenarios run in a process of their own, on a throw-away platform with private servers, whatever servers the
environment names.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from launcher.children import leash
from launcher.places import ROOT
from processes.release import Release
from regulations import load_clauses

SECONDS = 1800.0
LINES_OF_OUTPUT = 15


class GateBroken(Exception):
    """The scenarios could not be played; the message is Chinese and ends with what was said last."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many scenarios were played, and each failure in Chinese: the scenario, its clauses, the sentence broken."""

    played: int
    failures: tuple[str, ...]


def prove(release: Release, only: Sequence[Path] = ()) -> Verdict:
    """Play the scenarios of the product and of the release's region, or some of them, on exactly these files.

    Takes minutes. Raises ``GateBroken``; call it from the main thread, whose end ends it too.
    """
    with TemporaryDirectory(prefix="binglian-gate-") as folder:
        pack, report = Path(folder, release.clauses), Path(folder, "report.json")
        for name, content in release.files.items():
            path = pack / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        output = _play(["clauses", *map(str, only), "--pack", str(pack), "--report", str(report)])
        if not report.exists():
            raise GateBroken("条文场景没有运行成功：\n" + "\n".join(output.strip().splitlines()[-LINES_OF_OUTPUT:]))
        return read_verdict(json.loads(report.read_text(encoding="utf-8")))


def _play(arguments: list[str]) -> str:
    """Run the job through ``bl``, which brings the tools that it needs; what it said."""
    command = leash([sys.executable, str(ROOT / "bl"), *arguments], "INT")
    try:
        job = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS, check=False, cwd=ROOT
        )
    except subprocess.TimeoutExpired:
        raise GateBroken(f"条文场景运行了 {SECONDS / 60:.0f} 分钟仍未结束，已停止。") from None
    return job.stdout.decode("utf-8", "replace")


def read_verdict(report: Mapping[str, Any]) -> Verdict:
    """The verdict from the report of a run: what did not pass, and what stands where it does not count."""
    scenarios = report["scenarios"]
    broken = [describe(scenario) for scenario in scenarios if scenario["result"] != "passed"]
    return Verdict(len(scenarios), (*broken, *report["findings"]))


def describe(scenario: Mapping[str, Any]) -> str:
    """A scenario that failed, with the regulation's own words."""
    clauses = load_clauses()
    lines = [f"{scenario['file']}:{scenario['line']}《{scenario['name']}》"]
    lines += [f"  条文 {clause}：{clauses[clause].quote}" for clause in scenario["clauses"]]
    return "\n".join([*lines, *(f"    {line}" for line in scenario["trace"])])
