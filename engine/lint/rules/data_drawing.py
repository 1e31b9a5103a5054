"""Data objects and stores are drawings for people: data moves only through declared inputs and outputs."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem

NAMES = ("dataInputAssociation", "dataOutputAssociation", "ioSpecification", "dataStoreReference")


def check(model: Model) -> Iterator[Problem]:
    for element in model.elements(*NAMES):
        message = "数据对象、数据存储和它们的连线只作说明，不传递数据"
        yield Problem(element, message, "要传递数据的，用 bl:input 和 bl:output", severity="note")
