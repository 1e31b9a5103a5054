"""A misspelt or misplaced extension would be ignored, and with it what the author meant."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.lint.extensions import EXTENSIONS, Attribute
from engine.lint.model import BINGLIAN, Model, local_name
from engine.lint.problem import Problem

ONCE = frozenset(name for name, extension in EXTENSIONS.items() if not extension.allowed_in & set(EXTENSIONS)) | {
    "notice"
}


def check(model: Model) -> Iterator[Problem]:
    for element in model.extensions:
        namespace = etree.QName(element).namespace
        if namespace == BINGLIAN:
            yield from _wrong(element)
        else:
            yield Problem(element, f"扩展命名空间“{namespace}”不认识", f"改为 {BINGLIAN}")


def _wrong(element: etree._Element) -> Iterator[Problem]:
    name = local_name(element)
    extension = EXTENSIONS.get(name)
    if extension is None:
        yield Problem(element, f"没有 bl:{name} 这个扩展元素", f"可用的有：{'、'.join(EXTENSIONS)}")
        return
    if _holder(element) not in extension.allowed_in:
        allowed = "、".join(sorted(extension.allowed_in))
        yield Problem(element, f"bl:{name} 不能放在这里", f"只能放在 {allowed} 中")
    if name in ONCE and any(True for _ in element.itersiblings(element.tag, preceding=True)):
        yield Problem(element, f"bl:{name} 重复", "只留一个")
    for attribute in element.attrib:
        written = str(attribute)
        if not written.startswith("{") and written not in extension.attributes:
            mend = f"可用的有：{'、'.join(extension.attributes)}"
            yield Problem(element, f"bl:{name} 没有属性“{written}”", mend)
    for attribute, declared in extension.attributes.items():
        message = _attribute(element.get(attribute), declared)
        if message:
            yield Problem(element, f"bl:{name} 的属性“{attribute}”{message}", "改正这个属性")


def _holder(element: etree._Element) -> str:
    parent = element.getparent()
    if parent is not None and local_name(parent) == "extensionElements":
        parent = parent.getparent()
    return "" if parent is None else local_name(parent)


def _attribute(value: str | None, declared: Attribute) -> str:
    if not value:
        return "没有填写" if declared.required or value is not None else ""
    if declared.values and value not in declared.values:
        return f"不能是“{value[:40]}”，只能是 {'、'.join(declared.values)}"
    if value.startswith("=") and not declared.expression:
        return "不能用表达式"
    return ""
