"""A link without its other end loses the token; all that follows would never be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.lint.model import Model, Node
from engine.lint.problem import Problem


def check(model: Model) -> Iterator[Problem]:
    caught_in = Counter(name for scope in model.scopes for name in scope.link_targets)
    for scope in model.scopes:
        links = [node for node in scope.nodes if node.trigger == "link"]
        caught = Counter(_name(node) for node in links if node.kind == "intermediateCatchEvent")
        thrown = Counter(_name(node) for node in links if node.kind == "intermediateThrowEvent")
        for node in links:
            message = _wrong(node, caught, thrown)
            if message:
                mend = "同一层流程中，一个连接名对应一个捕获事件和至少一个抛出事件；跨层的用信号或消息"
                yield Problem(node, message + _elsewhere(node, caught_in), mend)


def _name(node: Node) -> str:
    return node.definitions[0].get("name", "")


def _wrong(node: Node, caught: Counter[str], thrown: Counter[str]) -> str:
    name = _name(node)
    if not name:
        return "连接事件没有连接名"
    if node.kind == "intermediateCatchEvent":
        if node.incoming:
            return f"连接“{name}”的捕获事件不能有入线"
        if caught[name] > 1:
            return f"连接“{name}”有 {caught[name]} 个捕获事件"
        return "" if thrown[name] else f"连接“{name}”没有抛出事件"
    if node.outgoing:
        return f"连接“{name}”的抛出事件不能有出线"
    return "" if caught[name] else f"连接“{name}”没有捕获事件"


def _elsewhere(node: Node, caught_in: Counter[str]) -> str:
    """Whether the other end is in another scope, where the author may have meant it to be found."""
    lost = node.kind == "intermediateThrowEvent" and _name(node) not in node.scope.link_targets
    return "（另一层流程中有，但连接不能跨层）" if lost and caught_in[_name(node)] else ""
