"""Records which elements a command visits, for tests and for explaining an incident."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_visited: ContextVar[list[str] | None] = ContextVar("visited", default=None)


@contextmanager
def tracing() -> Iterator[list[str]]:
    """The ids of the elements that complete inside the ``with`` block, in order, over all instances."""
    visited: list[str] = []
    token = _visited.set(visited)
    try:
        yield visited
    finally:
        _visited.reset(token)


def current_trace() -> list[str] | None:
    """The list that the enclosing ``tracing`` block collects into, if there is one."""
    return _visited.get()
