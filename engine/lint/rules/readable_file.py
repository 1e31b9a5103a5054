"""A file that is no safe, well-formed XML in UTF-8 is not read at all."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for file, refusal in model.refused.items():
        yield Problem(file, str(refusal), refusal.mend, line=refusal.line)
