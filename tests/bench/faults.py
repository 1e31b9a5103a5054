"""Two hundred kills in every window while people work; see ``tests/faults``."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.bench_world import BenchWorld
from tests.bench.figures import Figure
from tests.faults.kills import WINDOWS
from tests.faults.storm import storm

KILLS = 200


def figures(bench: BenchWorld) -> Iterator[Figure]:
    """``faults_wrong``: what was lost, twice or early; ``faults_least_window``: kills in the window with the fewest."""
    outcome = storm(KILLS)  # on servers of its own
    for line in outcome.wrong:
        print(line)
    note = f"{outcome.acknowledged} 次办理得到答复，{outcome.repeated} 次重发，{outcome.fired} 个期限到期，"
    note += f"核验审计 {outcome.entries} 条"
    yield Figure("faults_wrong", len(outcome.wrong), "", 0, at_most=True, note=note)
    restarts = "、".join(f"{name} {count}" for name, count in outcome.restarts.items())
    least = min(outcome.kills[name] for name in WINDOWS)
    yield Figure("faults_kills", outcome.kills.total(), "", KILLS, note=f"另重启 {restarts}")
    for name in WINDOWS:
        print(f"{name}: {outcome.kills[name]}")
    yield Figure("faults_least_window", least, "", 1, note=f"未命中 {outcome.missed.total()} 次")
