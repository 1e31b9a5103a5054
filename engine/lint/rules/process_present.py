"""A file without a process that runs puts nothing in force."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    with_nodes = {scope.file for scope in model.scopes if scope.parent is None and scope.nodes}
    for diagram in model.diagrams:
        if diagram.file not in with_nodes:
            yield Problem(diagram.file, "文件中没有流程", "画一个流程，或从流程包中去掉这个文件")
