"""A figure: what was measured, against which target."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter_ns
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` in ``unit`` is held to ``target``: at least it, or with ``at_most`` at most it."""

    name: str
    value: float
    unit: str
    target: float
    at_most: bool = False
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        return self.value <= self.target if self.at_most else self.value >= self.target

    def as_row(self) -> dict[str, Any]:
        """The members of ``bench.json``."""
        row = asdict(self)
        del row["at_most"], row["note"]
        return {**row, "value": round(self.value, 4), "target": round(self.target, 4), "met": self.met}


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    start = perf_counter_ns()
    action()
    return (perf_counter_ns() - start) / 1e9


def interleaved(pairs: Sequence[tuple[Callable[[], object], ...]]) -> tuple[float, ...]:
    """The medians in seconds of each column of ``pairs``, run row by row."""
    columns: list[list[float]] = [[] for _ in pairs[0]]
    for row in pairs:
        for column, action in zip(columns, row, strict=True):
            column.append(seconds(action))
    return tuple(statistics.median(column) for column in columns)
