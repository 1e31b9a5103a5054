"""Where a diagram holds expressions and limits; several rules look at the same places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.expressions import Expression, ExpressionInvalid, compile_expression
from engine.lint.extensions import EXTENSIONS
from engine.lint.model import BINGLIAN, Model, local_name, text_of

ALWAYS_EXPRESSIONS = ("conditionExpression", "completionCondition", "loopCardinality", "loopCondition")
TIMES = ("timeDuration", "timeDate")


@dataclass(frozen=True, slots=True)
class Written:
    """A text that an author wrote: an expression without its ``=``, or the text of a limit."""

    element: etree._Element
    text: str

    def compiled(self) -> Expression | None:
        """The expression, or nothing where ``valid-expression`` has something to say."""
        try:
            return compile_expression(self.text)
        except ExpressionInvalid:
            return None


def binglian_elements(model: Model) -> Iterator[etree._Element]:
    """All elements of our own namespace that are described."""
    for element in model.extensions:
        if etree.QName(element).namespace == BINGLIAN and local_name(element) in EXTENSIONS:
            yield element


def expressions(model: Model) -> Iterator[Written]:
    """Every expression: conditions, cardinalities, and each ``=...`` in extension attributes and times."""
    for element in model.elements(*ALWAYS_EXPRESSIONS):
        yield Written(element, text_of(element).removeprefix("="))
    for element in model.elements(*TIMES):
        if text_of(element).startswith("="):
            yield Written(element, text_of(element)[1:])
    for element in binglian_elements(model):
        for name, attribute in EXTENSIONS[local_name(element)].attributes.items():
            value = element.get(name, "")
            if attribute.expression and value.startswith("="):
                yield Written(element, value[1:])


def limits(model: Model) -> Iterator[Written]:
    """Every limit that is written out; ``=...`` is evaluated later."""
    for element in model.elements(*TIMES):
        if not text_of(element).startswith("="):
            yield Written(element, text_of(element))
    for element in binglian_elements(model):
        value = element.get("limit")
        if value is not None and not value.startswith("="):
            yield Written(element, value)


def variables(model: Model) -> Iterator[Written]:
    """Every name under which something is put into the data or taken from it as a whole."""
    for element in model.elements("loopDataInputRef"):
        yield Written(element, text_of(element))
    for element in model.elements("inputDataItem"):
        yield Written(element, element.get("name") or element.get("id") or "")
    for element in binglian_elements(model):
        for name in {"input": ("name",), "output": ("name",), "call": ("results",)}.get(local_name(element), ()):
            if element.get(name) is not None:
                yield Written(element, element.get(name, ""))
