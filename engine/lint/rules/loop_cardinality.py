"""A number of repetitions is a whole number that is not negative, or an expression for one."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model, text_of
from engine.lint.problem import Problem

MOST = 1_000


def check(model: Model) -> Iterator[Problem]:
    for element in model.elements("loopCardinality"):
        text = text_of(element).removeprefix("=").strip()
        if not text or (_is_number(text) and not (text.isdecimal() and len(text) < 5 and int(text) <= MOST)):
            yield Problem(element, f"多实例次数“{text[:40]}”不对", f"写 0 到 {MOST} 的整数，或给出整数的表达式")


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "").isdecimal()
