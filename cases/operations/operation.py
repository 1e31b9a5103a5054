"""What an operation is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cases.context import Context
from engine.happenings import OperationPerformed

Inputs = Mapping[str, Any]
Outputs = Mapping[str, Any]


def answers_nothing(inputs: Inputs, context: Context) -> Outputs:
    """The ``perform`` of an operation that only writes."""
    return {}


def writes_nothing(performed: OperationPerformed, context: Context) -> None:
    """The ``write`` of an operation that only answers."""


class Operation(NamedTuple):
    """The two halves of a local operation; see :mod:`cases.operations`.

    ``decides``: it records a decision on an item, which nobody's silence may make where the item is a licence.
    """

    perform: Callable[[Inputs, Context], Outputs] = answers_nothing
    write: Callable[[OperationPerformed, Context], None] = writes_nothing
    decides: bool = False
