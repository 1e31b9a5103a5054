"""Read a form-js form: the subset of components, properties and rules that the server can hold people to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms.conditions import Compiled, ConditionInvalid, compile_condition

SHOWN_ONLY = frozenset({"text", "separator", "spacer"})
INPUTS = frozenset(
    {
        "textfield",
        "textarea",
        "number",
        "checkbox",
        "radio",
        "select",
        "checklist",
        "taglist",
        "datetime",
        "dynamiclist",
    }
)
CHOICES = frozenset({"radio", "select", "checklist", "taglist"})
RULES = {
    "textfield": {"required", "minLength", "maxLength", "pattern", "validationType"},
    "textarea": {"required", "minLength", "maxLength"},
    "number": {"required", "min", "max"},
    "datetime": {"required"},
    "checkbox": {"required"},
    "dynamiclist": {"required", "minItems", "maxItems"},
}
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
LARGEST_FILE = 200_000
DEEPEST = 5


class FormDefinitionInvalid(ValueError):
    """A form file is outside the subset; the message says in Chinese which component and why."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input. ``options`` are the values a choice offers; ``None`` when they come at run time by ``options_key``.

    ``hidden`` is the condition under which the field is not asked; ``fields`` are the columns of a dynamic list.
    """

    key: str
    type: str
    label: str
    rules: Mapping[str, Any]
    options: tuple[str, ...] | None = None
    options_key: str | None = None
    subtype: str | None = None
    decimal_digits: int | None = None
    hidden: Compiled | None = None
    fields: tuple[Field, ...] = ()

    @property
    def required(self) -> bool:
        """Whether the field must be filled in when it is asked."""
        return self.rules.get("required") is True


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """A form as the server knows it; ``document`` is the form-js JSON that the browser draws."""

    id: str
    fields: tuple[Field, ...]
    document: Mapping[str, Any]


def load(text: str | bytes) -> FormDefinition:
    """Read one form file; raises ``FormDefinitionInvalid`` naming the component that is outside the subset."""
    if len(text) > LARGEST_FILE:
        raise FormDefinitionInvalid(f"表单文件不超过 {LARGEST_FILE} 字节")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormDefinitionInvalid("表单文件不是 JSON") from error
    if not isinstance(document, dict) or document.get("type") != "default" or not isinstance(document.get("id"), str):
        raise FormDefinitionInvalid('表单文件的最外层要有 "type": "default" 和 "id"')
    fields = _unique(tuple(_fields(document.get("components"), 0)), "表单")
    return FormDefinition(document["id"], fields, document)


def _unique(fields: tuple[Field, ...], where: str) -> tuple[Field, ...]:
    keys = {field.key for field in fields}
    for field in fields:
        if sum(other.key == field.key for other in fields) > 1:
            raise FormDefinitionInvalid(f"{where}里有两个 key 为 {field.key} 的组件")
        strangers = field.hidden.fields - keys if field.hidden else frozenset()
        if strangers:
            raise FormDefinitionInvalid(f"{field.key} 的隐藏条件用到了{where}里没有的 {'、'.join(sorted(strangers))}")
    return fields


def _fields(components: Any, depth: int) -> Iterator[Field]:
    if not isinstance(components, list) or depth > DEEPEST:
        raise FormDefinitionInvalid(f"components 要是列表，嵌套不超过 {DEEPEST} 层")
    for component in components:
        if not isinstance(component, dict):
            raise FormDefinitionInvalid("components 的每一项要是一个组件")
        kind = component.get("type")
        if kind in SHOWN_ONLY:
            continue
        if kind == "group":
            if component.get("path") or component.get("conditional"):
                raise FormDefinitionInvalid("分组 (group) 只用于排版，不能有 path 和 conditional")
            yield from _fields(component.get("components"), depth + 1)
        elif kind in INPUTS:
            yield _field(component, depth)
        else:
            raise FormDefinitionInvalid(
                f"组件类型 {kind} 不在支持的范围，可用：{'、'.join(sorted(INPUTS | SHOWN_ONLY))}、group"
            )


def _field(component: dict[str, Any], depth: int) -> Field:
    kind = component["type"]
    key = component.get("path" if kind == "dynamiclist" else "key")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise FormDefinitionInvalid(
            f"组件 {component.get('id', kind)} 的 key 要由小写字母、数字和下划线组成，以字母开头"
        )
    options, options_key = _options(component, key) if kind in CHOICES else (None, None)
    subtype = component.get("subtype") if kind == "datetime" else None
    if kind == "datetime" and subtype not in ("date", "datetime"):
        raise FormDefinitionInvalid(f"{key} 的 subtype 要是 date 或 datetime")
    children = _unique(tuple(_fields(component.get("components"), depth + 1)), key) if kind == "dynamiclist" else ()
    return Field(
        key=key,
        type=kind,
        label=str(component.get("label") or key),
        rules=_rules(component, key),
        options=options,
        options_key=options_key,
        subtype=subtype,
        decimal_digits=component.get("decimalDigits"),
        hidden=_hidden(component, key),
        fields=children,
    )


def _rules(component: dict[str, Any], key: str) -> Mapping[str, Any]:
    rules = component.get("validate", {})
    if not isinstance(rules, dict):
        raise FormDefinitionInvalid(f"{key} 的 validate 要是对象")
    unknown = set(rules) - RULES.get(component["type"], {"required"})
    if unknown:
        raise FormDefinitionInvalid(f"{key} 的校验规则 {'、'.join(sorted(unknown))} 不支持")
    for name in ("min", "max", "minLength", "maxLength", "minItems", "maxItems"):
        bound = rules.get(name, 0)
        if isinstance(bound, bool) or not isinstance(bound, (int, float)):
            raise FormDefinitionInvalid(f"{key} 的 {name} 要是数字")
    if rules.get("validationType", "custom") not in ("custom", "email", "phone"):
        raise FormDefinitionInvalid(f"{key} 的 validationType 要是 custom、email 或 phone")
    try:
        re.compile(rules.get("pattern") or "")
    except (re.error, TypeError) as error:
        raise FormDefinitionInvalid(f"{key} 的 pattern 不是正则表达式") from error
    return rules


def _options(component: dict[str, Any], key: str) -> tuple[tuple[str, ...] | None, str | None]:
    options_key = component.get("valuesKey")
    if isinstance(options_key, str) and KEY.fullmatch(options_key):
        return None, options_key
    values = component.get("values")
    if not isinstance(values, list) or not values:
        raise FormDefinitionInvalid(f"{key} 要有选项 values, 或者 valuesKey")
    options = tuple(value.get("value") if isinstance(value, dict) else None for value in values)
    if not all(isinstance(option, str) for option in options) or len(set(options)) < len(options):
        raise FormDefinitionInvalid(f"{key} 的选项要有各不相同的文字 value")
    return options, None  # type: ignore[return-value]


def _hidden(component: dict[str, Any], key: str) -> Compiled | None:
    conditional = component.get("conditional", {})
    if not isinstance(conditional, dict) or set(conditional) - {"hide"}:
        raise FormDefinitionInvalid(f"{key} 的 conditional 只能有 hide")
    if not conditional.get("hide"):
        return None
    try:
        return compile_condition(str(conditional["hide"]))
    except ConditionInvalid as error:
        raise FormDefinitionInvalid(f"{key} 的隐藏条件：{error}") from error
