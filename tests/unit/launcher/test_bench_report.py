"""What ``./bl bench`` leaves behind: every figure with its target, in ``bench.json``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import orjson
import pytest

from tests.bench import __main__ as bench
from tests.bench.figures import Figure

FIGURES = (Figure("ratio", 0.5, "ratio", 1 / 3), Figure("time", 30.0, "ms", 20, at_most=True))
ROWS = [
    {"name": "ratio", "value": 0.5, "unit": "ratio", "target": 0.3333, "met": True},
    {"name": "time", "value": 30.0, "unit": "ms", "target": 20, "met": False},
]


def measured(world: object) -> Iterator[Figure]:
    yield from FIGURES


def broken(world: object) -> Iterator[Figure]:
    raise RuntimeError("the server is gone")
    yield


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bench, "OUTPUT", tmp_path / "build" / "bench.json")
    monkeypatch.setattr(bench, "bench_world", nullcontext)
    monkeypatch.setattr(bench, "MEASUREMENTS", (measured,))
    return bench.OUTPUT


def test_every_figure_is_kept_and_a_missed_target_ends_with_one(output: Path) -> None:
    assert bench.main([]) == 1
    assert orjson.loads(output.read_bytes()) == ROWS


def test_a_measurement_that_breaks_off_loses_no_other(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "MEASUREMENTS", (measured, broken))

    with pytest.raises(RuntimeError):
        bench.main([])
    assert orjson.loads(output.read_bytes()) == ROWS
