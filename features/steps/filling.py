"""Fill in any form from its definition: so that a legal change of a diagram or form breaks no scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from forms import Field, FormDefinition

Options = Mapping[str, Sequence[str]]
GO_AHEAD = ("met", "required", "system", "submitted", "passed", "confirmed", "accepted", "accept", "approve", "again")
"""What a person answers who sees no obstacle, whatever the order of the choices."""


class CannotFill(Exception):
    """A form asks for something that its definition does not say how to fill in."""


def fill(
    definition: FormDefinition, today: date, wishes: Mapping[str, Any] | None = None, options: Options | None = None
) -> dict[str, Any]:
    """The values of a form that a careful person would send: what is wished, and something fitting where it must be.

    ``wishes`` name fields and values; what is chosen without a wish lets the matter go on (``GO_AHEAD``); a field
    that the form does not have, or does not ask, is left out. ``options`` are the choices that come at run time.
    Raises ``CannotFill`` for a required field with a pattern of its own.
    """
    return _fill(definition.fields, today, wishes or {}, options or {})


def _fill(fields: tuple[Field, ...], today: date, wishes: Mapping[str, Any], options: Options) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for _ in range(len(fields) + 1):  # a value may bring up or hide a later or an earlier field
        before = dict(values)
        for field in fields:
            hidden = field.hidden is not None and field.hidden.holds(values)
            value = None if hidden else _value(field, today, wishes, options)
            if value is None:
                values.pop(field.key, None)
            else:
                values[field.key] = value
        if values == before:
            break
    return values


def _value(field: Field, today: date, wishes: Mapping[str, Any], options: Options) -> Any:
    if field.key in wishes:
        wish = wishes[field.key]
        if field.type == "dynamiclist" and isinstance(wish, list):
            return [_fill(field.fields, today, row, options) for row in wish]
        return wish
    return _fitting(field, today, options) if field.required else None


def _fitting(field: Field, today: date, options: Options) -> Any:
    match field.type:
        case "radio" | "select":
            return _ahead(_offered(field, options))
        case "checklist" | "taglist":
            return [_ahead(_offered(field, options))]
        case "checkbox":
            return True
        case "number":
            least, most = field.rules.get("min", 0), field.rules.get("max")
            return least if most is None else min(max(least, 0), most)
        case "datetime":
            return today.isoformat() if field.subtype == "date" else f"{today.isoformat()}T09:00:00+08:00"
        case "dynamiclist":
            return [_fill(field.fields, today, {}, options) for _ in range(max(1, field.rules.get("minItems", 1)))]
    return _text(field)


def _offered(field: Field, options: Options) -> Sequence[str]:
    offered = field.options if field.options_key is None else options.get(field.options_key, ())
    if not offered:
        raise CannotFill(f"“{field.label}”没有选项可选")
    return offered


def _ahead(offered: Sequence[str]) -> str:
    """The choice that lets the matter go on; the first where none is known to."""
    return next((choice for choice in offered if choice in GO_AHEAD), offered[0])


def _text(field: Field) -> str:
    if field.rules.get("pattern"):
        raise CannotFill(f"“{field.label}”要按 {field.rules['pattern']} 填写")
    kinds = {"email": "someone@example.cn", "phone": "0416-6600000"}
    text = kinds.get(field.rules.get("validationType", ""), f"{field.label}已核")
    shortest, longest = field.rules.get("minLength", 0), field.rules.get("maxLength", 500)
    return (text * (shortest // len(text) + 1))[:longest] if len(text) < shortest else text[:longest]
