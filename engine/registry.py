"""The names outside the diagram that a diagram may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Registry:
    """Names that a region's pack and the platform offer; lint refuses every other one."""

    operations: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    guards: frozenset[str] = frozenset()
