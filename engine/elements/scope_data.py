"""Data where branches meet: what was written last counts, what was merely carried along never does.

Every token has the whole data of its way, and of each value that was written after the start the moment (a number that
counts up within the instance). Merging whole copies, as SpiffWorkflow does, lets the branch that arrives last undo what
the others wrote. Values are whole: a list or object that two branches write is that of the later one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Part = tuple[Mapping[str, Any], Mapping[str, int]]
"""Values by name, and the moments of those that were written; the others have been there from the start."""


def newest(parts: Iterable[Part]) -> tuple[dict[str, Any], dict[str, int]]:
    """The values of all parts together, of each name the one that was written last."""
    values: dict[str, Any] = {}
    moments: dict[str, int] = {}
    for part, written in parts:
        for name, value in part.items():
            moment = written.get(name, 0)
            if name not in values or moment > moments.get(name, 0):
                values[name] = value
                if moment:
                    moments[name] = moment
    return values, moments


def keep_written(kept: tuple[dict[str, Any], dict[str, int]], part: Part, since: Mapping[str, int]) -> None:
    """Put into ``kept`` what ``part`` has written after ``since`` and after what is kept already."""
    values, moments = kept
    for name, moment in part[1].items():
        if moment > max(moments.get(name, 0), since.get(name, 0)):
            values[name] = part[0][name]
            moments[name] = moment
