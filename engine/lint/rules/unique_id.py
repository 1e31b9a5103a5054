"""An id that stands for two things makes the engine take one for the other."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    for diagram in model.diagrams:
        seen: set[str] = set()
        for element in diagram.root.iter("*"):
            identity = element.get("id")
            if identity is not None and identity in seen:
                yield Problem(element, f"id“{identity}”在文件中重复", "改成唯一的 id，并修改引用它的地方")
            elif identity is not None:
                seen.add(identity)
    files: dict[str, str] = {}
    for process in (scope for scope in model.scopes if scope.parent is None):
        if files.setdefault(process.id, process.file) != process.file:
            message = f"流程 id“{process.id}”在文件“{files[process.id]}”中已有"
            yield Problem(process, message, "各文件的流程 id 应互不相同")
