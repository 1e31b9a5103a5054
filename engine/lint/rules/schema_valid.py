"""A file must conform to the BPMN 2.0 schema, or modelers and engines read different things in it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem
from engine.xml import schema_errors

DUPLICATE_ID = "of the atomic type 'xs:ID'"  # unique-id says it better


def check(model: Model) -> Iterator[Problem]:
    for diagram in model.diagrams:
        for line, message in schema_errors(diagram.root):
            if DUPLICATE_ID not in message:
                short = message.replace("{http://www.omg.org/spec/BPMN/20100524/MODEL}", "")[:200]
                yield Problem(diagram.file, f"不符合 BPMN 2.0 模式：{short}", "用建模工具打开并重新导出", line=line)
