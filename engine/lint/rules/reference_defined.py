"""A message, signal, error or escalation that is not defined is never matched."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.lint.model import Model, bpmn, local_name
from engine.lint.problem import Problem

WORDS = {"message": "消息", "signal": "信号", "error": "错误", "escalation": "升级"}
CODES = {"message": "name", "signal": "name", "error": "errorCode", "escalation": "escalationCode"}
MESSAGE_TASKS = ("sendTask", "receiveTask")
CATCH_ALL = frozenset({"error", "escalation"})


def check(model: Model) -> Iterator[Problem]:
    for diagram in model.diagrams:
        for kind, word in WORDS.items():
            defined = {element.get("id"): element for element in diagram.root.iterchildren(bpmn(kind))}
            users = (f"{kind}EventDefinition", *(MESSAGE_TASKS if kind == "message" else ()))
            for user in diagram.root.iter(*map(bpmn, users)):
                message = _wrong(user, kind, word, defined)
                if message:
                    yield Problem(user, message, f"在属性面板中选择或新建{word}，并填写它的{CODES[kind]}")


def _wrong(user: etree._Element, kind: str, word: str, defined: dict[str | None, etree._Element]) -> str:
    reference = user.get(f"{kind}Ref")
    if reference is None:
        event = user.getparent()
        throws = event is not None and local_name(event) in ("endEvent", "intermediateThrowEvent")
        return "" if kind in CATCH_ALL and not throws else f"没有指明是哪个{word}"
    if reference not in defined:
        return f"{word}“{reference}”没有定义"
    if not defined[reference].get(CODES[kind]):
        return f"{word}“{reference}”没有填写 {CODES[kind]}"
    return ""
