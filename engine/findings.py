"""What lint says about a diagram: which rule, where, what is wrong and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one element of one file; an ``error`` keeps the diagram from being put in force.

    ``rule`` is the name of the page in ``docs/rules``, ``line`` counts from 1 (0: the file as a whole), ``message``
    says in Chinese what is wrong and ``mend`` what to do instead.
    """

    rule: str
    severity: Severity
    file: str
    line: int
    element_id: str
    element_name: str
    message: str
    mend: str

    def __str__(self) -> str:
        element = f"“{self.element_name or self.element_id}”（{self.element_id}）" if self.element_id else ""
        return f"{self.file}:{self.line} {element}{self.message}；{self.mend} [{self.rule}]"
