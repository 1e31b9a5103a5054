"""The shape of the tree: who imports whom, who commits, who reads the clock, and where a city may be named."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("engine", "worktime", "forms", "database", "processes", "accounts", "audit", "files", "cases", "timers", "api")
PURE = ("engine", "worktime", "forms")


def modules(*rooms: str) -> Iterator[Path]:
    """Every Python file of the rooms."""
    for room in rooms:
        yield from sorted((ROOT / room).rglob("*.py"))


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every call in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def found(rooms: tuple[str, ...], wanted: re.Pattern[str], excused: tuple[str, ...] = ()) -> list[str]:
    """Where a call that matches stands, as ``file:line name``, except in the excused files."""
    return [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in modules(*rooms)
        if not str(path.relative_to(ROOT)).startswith(excused or ("\0",))
        for line, name in calls(path)
        if wanted.search(name)
    ]


def test_imports_point_one_way() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_only_the_transaction_boundary_commits() -> None:
    commits = found(ROOMS, re.compile(r"\.commit$"), ("database/transaction.py", "database/session.py"))
    assert commits == []


def test_nobody_reads_the_machine_clock_for_a_decision() -> None:
    readings = found(ROOMS, re.compile(r"\b(datetime|date)\.(now|utcnow|today)$|^time\.time$|\bfunc\.now$"))
    assert readings == []


@pytest.mark.parametrize("word", ["北镇", "beizhen", "厦门", "xiamen", "锦州", "济宁", "jining"])
def test_no_city_is_named_in_the_code_of_the_rooms(word: str) -> None:
    named = [
        str(path.relative_to(ROOT)) for path in modules(*ROOMS) if word in path.read_text(encoding="utf-8").lower()
    ]
    assert named == []


def test_pure_rooms_open_no_file_descriptor_of_the_network() -> None:
    assert found(PURE, re.compile(r"^(socket|urllib|requests|httpx)\.")) == []
