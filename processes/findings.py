"""What is wrong with a pack: every finding of one reading, each with its file, its line and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One mistake. ``line`` counts from 1 (0: the file as a whole); ``message`` and ``mend`` are Chinese."""

    file: str
    line: int
    message: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.message}；{self.mend}"


class PackInvalid(ValueError):
    """A pack cannot be used; ``findings`` are all of them, by file and line."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(set(findings)))
        lines = "\n".join(str(finding) for finding in self.findings)
        super().__init__(f"地区包不能使用，共 {len(self.findings)} 处要改：\n{lines}")
