"""Brings stored state of an earlier version up to the version that the codec reads, one file a step.

The step from version 1 to 2 is ``engine/migrations/from_1.py`` with ``def migrate(stored: list) -> list``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.errors import StateUnreadable

STEPS: Mapping[int, Callable[[list[Any]], list[Any]]] = {}
"""Version -> the step that makes the next version of it."""


def migrated(stored: Any, wanted: int, steps: Mapping[int, Callable[[list[Any]], list[Any]]] = STEPS) -> list[Any]:
    """``stored`` at version ``wanted``; raises ``StateUnreadable`` for a version that nobody can read here."""
    if not isinstance(stored, list) or not stored or type(stored[0]) is not int:
        raise StateUnreadable("状态没有版本号")
    while stored[0] != wanted:
        step = steps.get(stored[0])
        if step is None:
            raise StateUnreadable(f"状态是版本 {stored[0]}，这里读版本 {wanted}；请升级平台")
        stored = step(stored)
    return list(stored)
