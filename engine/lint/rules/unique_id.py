"""An id that stands for two things makes the engine take one for the other."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model, bpmn, local_name
from engine.lint.problem import Problem

SHARED = tuple(map(bpmn, ("message", "signal", "error", "escalation")))


def check(model: Model) -> Iterator[Problem]:
    for diagram in model.diagrams:
        seen: set[str] = set()
        for element in diagram.root.iter("*"):
            identity = element.get("id")
            if identity is not None and identity in seen:
                yield Problem(element, f"id“{identity}”在文件中重复", "改成唯一的 id，并修改引用它的地方")
            elif identity is not None:
                seen.add(identity)
    yield from _scopes_of_different_files(model)
    yield from _definitions_of_different_files(model)


def _scopes_of_different_files(model: Model) -> Iterator[Problem]:
    files: dict[str, str] = {}
    for scope in model.scopes:
        if files.setdefault(scope.id, scope.file) != scope.file:
            message = f"流程或子流程的 id“{scope.id}”在文件“{files[scope.id]}”中已有"
            yield Problem(scope, message, "各文件的流程和子流程 id 应互不相同")


def _definitions_of_different_files(model: Model) -> Iterator[Problem]:
    known: dict[str, tuple[str, dict[str, str]]] = {}
    for diagram in model.diagrams:
        for element in diagram.root.iterchildren(*SHARED):
            meaning = {"tag": local_name(element), **{str(key): str(value) for key, value in element.attrib.items()}}
            file, before = known.setdefault(element.get("id", ""), (diagram.file, meaning))
            if before != meaning:
                message = f"“{element.get('id')}”在文件“{file}”中含义不同"
                yield Problem(element, message, "同一 id 的消息、信号、错误、升级在各文件中应一致，否则换一个 id")
