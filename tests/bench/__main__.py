"""Run every measurement, or those that are named, print the table, write ``build/bench.json``.

Ends with 1 when a target is missed; ``./bl bench complete flat`` measures only those and writes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from launcher.arguments import ChineseParser
from tests.bench import complete, due, faults, files, flat, lights, lists, project, requests, worktime
from tests.bench.bench_world import BenchWorld, bench_world
from tests.bench.figures import Figure

OUTPUT = Path(__file__).resolve().parents[2] / "build" / "bench.json"
MEASUREMENTS: tuple[Callable[[BenchWorld], Iterator[Figure]], ...] = (
    complete.figures,
    flat.figures,
    requests.figures,
    files.figures,
    lights.figures,
    due.figures,
    worktime.figures,
    project.figures,
    lists.figures,  # last: it fills the database
)
LONG: tuple[Callable[[BenchWorld], Iterator[Figure]], ...] = (faults.figures,)
"""Measured only when they are named."""
GROUPS = {measure.__module__.rpartition(".")[2]: measure for measure in (*MEASUREMENTS, *LONG)}


def parse(arguments: Sequence[str]) -> list[str]:
    """The groups that are asked for; ``SystemExit(2)`` after saying which there are."""
    parser = ChineseParser("./bl bench", "测量性能指标；不写指标组时测量全部（不含 faults），写出 build/bench.json。")
    parser.add_argument("groups", nargs="*", metavar="指标组", help=f"只测量这些：{'、'.join(GROUPS)}")
    groups: list[str] = parser.parse_args(arguments).groups
    for group in set(groups) - GROUPS.keys():
        parser.error(f"没有指标组 {group}，可用：{'、'.join(GROUPS)}")
    return groups


def main(arguments: Sequence[str]) -> int:
    """Measure what ``arguments`` name, else everything; tell, keep; the exit code."""
    named = parse(arguments)
    console = Console()
    found: list[Figure] = []
    with bench_world() as bench:
        for measure in [GROUPS[name] for name in GROUPS if name in named] or MEASUREMENTS:
            for figure in measure(bench):
                console.print(f"{figure.name}: {figure.value:.3f} {figure.unit}  {figure.note}")
                found.append(figure)
                if not named:
                    _keep(found)
    table = Table("指标", "数值", "单位", "目标", "达到", "说明")
    for figure in found:
        sign = "≤" if figure.at_most else "≥"
        met = "是" if figure.met else "否"
        table.add_row(figure.name, f"{figure.value:.3f}", figure.unit, f"{sign} {figure.target:.3f}", met, figure.note)
    console.print(table)
    return 0 if all(figure.met for figure in found) else 1


def _keep(found: list[Figure]) -> None:
    """Write what was measured so far: a measurement that breaks off loses no other."""
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_bytes(orjson.dumps([figure.as_row() for figure in found], option=orjson.OPT_INDENT_2))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
