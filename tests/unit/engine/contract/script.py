"""What a contract case says: a diagram, what is done to it, and what must be seen after each step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROCESS = "main"
FAILED = "!"
DIAGRAMS = Path(__file__).parent / "diagrams"


@dataclass(frozen=True)
class Complete:
    """A person completes the user task ``element``; of several open ones the ``position``-th, counted from 0."""

    element: str
    data: Mapping[str, Any] = field(default_factory=dict)
    position: int = 0


@dataclass(frozen=True)
class Message:
    """A message arrives."""

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Signal:
    """A signal is raised outside the instance."""

    name: str


@dataclass(frozen=True)
class Fire:
    """The time of the timer event ``element`` has come."""

    element: str


@dataclass(frozen=True)
class Finish:
    """The remote operation of the service task ``element`` has given ``data``."""

    element: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fail:
    """The remote operation of the service task ``element`` has failed with ``code``."""

    element: str
    code: str


Step = Complete | Message | Signal | Fire | Finish | Fail


def complete(element: str, position: int = 0, **data: Any) -> Complete:
    """A person completes a user task with ``data``."""
    return Complete(element, data, position)


def message(name: str = "news", **data: Any) -> Message:
    """A message arrives with ``data``."""
    return Message(name, data)


@dataclass(frozen=True)
class Trace:
    """What was seen: a moment after the start and after each step, the data at the end, and how it ended.

    A moment is text such as ``"a g b > c d"``: the elements that were left, then what is open (user tasks, remote
    operations, and events that wait for a message or a time), each in alphabetical order, because within one step
    only the order between steps is part of the contract. ``"... > ended"`` says that the process is over, ``"!"``
    that the step was refused or failed.
    """

    moments: tuple[str, ...]
    data: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, *moments: str, data: Mapping[str, Any] | None = None) -> Trace:
        """The expected trace, written in any order within a moment; ``data`` are None as long as it has not ended."""
        return cls(tuple(map(ordered, moments)), data)


def moment(visited: Iterable[str], still_open: Iterable[str], ended: bool) -> str:
    """The text of one moment."""
    left = " ".join(sorted(visited))
    right = "ended" if ended else " ".join(sorted(still_open))
    return f"{left} > {right}".strip()


def ordered(text: str) -> str:
    """A moment as ``moment`` would write it."""
    if text == FAILED:
        return text
    left, _, right = text.partition(">")
    return f"{' '.join(sorted(left.split()))} > {' '.join(sorted(right.split()))}".strip()


@dataclass(frozen=True)
class Case:
    """One case: the diagram of the same name, the steps, and the trace where stock SpiffWorkflow is not right.

    Where stock is right, ``expected`` is None and stock itself, run live, says what is expected. Where it is wrong,
    ``stock`` is what it answers (checked live as well, so that a change of it is noticed) and ``because`` says why
    that is wrong.
    """

    name: str
    steps: tuple[Step, ...]
    expected: Trace | None = None
    stock: Trace | None = None
    because: str = ""

    @property
    def diagram(self) -> bytes:
        """The diagram of the case."""
        return (DIAGRAMS / f"{self.name}.bpmn").read_bytes()


def right(name: str, *steps: Step) -> Case:
    """A case in which stock SpiffWorkflow is right."""
    return Case(name, steps)
