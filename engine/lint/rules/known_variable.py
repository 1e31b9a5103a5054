"""A called process has only what it is given and what its own steps produce."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import Model, bpmn, local_name
from engine.lint.problem import Problem
from engine.lint.texts import Written, expressions, variables

PROCESS = bpmn("process")
CALL = bpmn("callActivity")


def check(model: Model) -> Iterator[Problem]:
    given = _given(model)
    for written in variables(model):
        if local_name(written.element) not in ("input", "loopDataInputRef"):
            given.get(_place(written), set()).add(written.text)
    for written in expressions(model):
        process, expression = _evaluated_in(written), written.compiled()
        if process in given and process in model.processes and expression is not None:
            for name in sorted(expression.names - given[process]):
                mend = "在调用活动的 bl:input 中传入，或由前面步骤的 bl:output 产生；由消息带来的不必理会"
                yield Problem(written.element, f"“{name}”既没有传入，也没有步骤产生", mend, severity="note")


def _given(model: Model) -> dict[str, set[str]]:
    """Called process to the names of its inputs, over all calls of it."""
    given: dict[str, set[str]] = {}
    for node in model.nodes("callActivity"):
        call = node.extension("call")
        inputs = [] if call is None else call.iterchildren("{*}input")
        given.setdefault(node.element.get("calledElement", ""), set()).update(each.get("name", "") for each in inputs)
    return given


def _place(written: Written) -> str:
    return next((process.get("id", "") for process in written.element.iterancestors(PROCESS)), "")


def _evaluated_in(written: Written) -> str:
    """The process over whose data it is evaluated: the outputs of a call are read from the called process."""
    if local_name(written.element) == "output":
        for call in written.element.iterancestors(CALL):
            return call.get("calledElement", "")
    return _place(written)
