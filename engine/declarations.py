"""What the extension elements of ``urn:binglian:bpmn:1`` declare on an element of a diagram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.expressions import Expression, compile_expression, is_variable

BL = "{urn:binglian:bpmn:1}"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


@dataclass(frozen=True, slots=True)
class Value:
    """A literal text, or an expression over the token's data where the attribute begins with ``=``."""

    text: str
    expression: Expression | None

    @classmethod
    def read(cls, text: str) -> Value:
        """Compile an attribute; raises ``ExpressionInvalid``."""
        return cls(text, compile_expression(text[1:]) if text.startswith("=") else None)

    def of(self, data: Mapping[str, Any]) -> Any:
        """The value over ``data``; raises ``ExpressionFailed``."""
        return self.text if self.expression is None else self.expression.evaluate(data)


Mappings = tuple[tuple[str, Value | None], ...]
"""Names and the values they get; None: what has the same name."""


def mapped(mappings: Mappings, data: Mapping[str, Any], source: Mapping[str, Any]) -> dict[str, Any]:
    """What crosses a border: each value over ``data``, or what ``source`` has by that name (None where it has not)."""
    return {name: source.get(name) if value is None else value.of(data) for name, value in mappings}


@dataclass(frozen=True, slots=True)
class CopyDeclaration:
    """``bl:copy``: the post that reads what was done, once the task is completed."""

    role: str
    organisation: Value | None


@dataclass(frozen=True, slots=True)
class NoticeDeclaration:
    """``bl:notice``: within what the post of the task must have been told of it, and who answers for that."""

    limit: Value | None
    organisation: Value | None


@dataclass(frozen=True, slots=True)
class TaskDeclaration:
    """``bl:task``: who does a user task, with which form, until when, and what it gives to the data.

    ``lapse`` are the values of its form's fields when the limit passes and the policy does the task; ``from_start``:
    it then counts from the start of the limit, not from its passing.
    """

    role: str
    organisation: Value | None
    form: str | None
    guard: str | None
    limit: Value | None
    timeout: str | None
    outputs: Mappings
    copies: tuple[CopyDeclaration, ...]
    lapse: Mappings
    from_start: bool
    notice: NoticeDeclaration | None


@dataclass(frozen=True, slots=True)
class OperationDeclaration:
    """``bl:operation``: what a service task calls, in this process (local) or elsewhere (remote)."""

    name: str
    remote: bool
    inputs: Mappings
    outputs: Mappings


@dataclass(frozen=True, slots=True)
class Cascade:
    """``bl:cascade``: when ``on`` befalls a child, ``effect`` befalls the children that ``targets`` selects."""

    on: str
    targets: Expression | None
    effect: str


@dataclass(frozen=True, slots=True)
class CallDeclaration:
    """``bl:call``: what crosses to and from the child instances of a call activity."""

    key: Value | None
    results: str | None
    limit: Value | None
    inputs: Mappings
    outputs: Mappings
    cascades: tuple[Cascade, ...]


NO_ELEMENT = etree.Element("none")


def extension(node: etree._Element, name: str) -> etree._Element | None:
    """The extension element ``bl:name`` of a BPMN element."""
    return node.find(f"{BPMN}extensionElements/{BL}{name}")


def read_task(node: etree._Element) -> TaskDeclaration:
    """The declaration of a user task; without one, nobody's task without form."""
    declared = _declared(node, "task")
    notice = declared.find(f"{BL}notice")
    return TaskDeclaration(
        role=declared.get("role", ""),
        organisation=_value(declared, "organisation"),
        form=declared.get("form"),
        guard=declared.get("guard"),
        limit=_value(declared, "limit"),
        timeout=declared.get("timeout"),
        outputs=_mappings(declared, "output"),
        copies=tuple(
            CopyDeclaration(copy.get("role", ""), _value(copy, "organisation"))
            for copy in declared.findall(f"{BL}copy")
        ),
        lapse=_mappings(declared, "lapse"),
        from_start=declared.get("effective") == "start",
        notice=None if notice is None else NoticeDeclaration(_value(notice, "limit"), _value(notice, "organisation")),
    )


def read_operation(node: etree._Element) -> OperationDeclaration:
    """The declaration of a service task."""
    declared = _declared(node, "operation")
    return OperationDeclaration(
        name=declared.get("name", ""),
        remote=declared.get("mode") == "remote",
        inputs=_mappings(declared, "input"),
        outputs=_mappings(declared, "output"),
    )


def read_call(node: etree._Element) -> CallDeclaration:
    """The declaration of a call activity; without one, nothing crosses."""
    declared = _declared(node, "call")
    return CallDeclaration(
        key=_value(declared, "key"),
        results=_name(declared, "results") if declared.get("results") else None,
        limit=_value(declared, "limit"),
        inputs=_mappings(declared, "input"),
        outputs=_mappings(declared, "output"),
        cascades=tuple(_cascade(child) for child in declared.findall(f"{BL}cascade")),
    )


def _declared(node: etree._Element, name: str) -> etree._Element:
    found = extension(node, name)
    return NO_ELEMENT if found is None else found


def _value(element: etree._Element, attribute: str) -> Value | None:
    text = element.get(attribute)
    return None if not text else Value.read(text)


def _mappings(element: etree._Element, kind: str) -> Mappings:
    return tuple((_name(child, "name"), _value(child, "value")) for child in element.findall(f"{BL}{kind}"))


def _name(element: etree._Element, attribute: str) -> str:
    """A name that data may have; raises ``ValueError``."""
    name = element.get(attribute, "")
    if not is_variable(name):
        raise ValueError(f"第 {element.sourceline} 行：“{name}”不能用作数据名")
    return name


def _cascade(element: etree._Element) -> Cascade:
    targets = element.get("targets", "all")
    return Cascade(
        on=element.get("on", ""),
        targets=None if targets == "all" else compile_expression(targets.removeprefix("=")),
        effect=element.get("effect", ""),
    )
