"""Hold values to what a form asks now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from forms.checks import CHECKS, Options
from forms.definition import Field

MOST_ROWS = 500
WHOLE = "_schema"
"""Where a message about the values as a whole stands among those of the fields."""
NO_OBJECT = {WHOLE: ["这里要是一个对象：字段名和填写的值。"]}
UNKNOWN = ["表单里没有这一项，请删去。"]


def clean(form: tuple[Field, ...], values: Any, options: Options) -> dict[str, Any]:
    """Check the values against the fields; returns every field, raises ``ValidationError`` with all problems."""
    if not isinstance(values, Mapping):
        raise ValidationError(NO_OBJECT)
    hidden = _hidden(form, values)
    cleaned: dict[str, Any] = {}
    problems: dict[str, Any] = {}
    for field in form:
        value = values.get(field.key)
        cleaned[field.key] = None
        try:
            if field.key not in hidden:
                cleaned[field.key] = _value(field, value, options)
            elif _filled(value):
                raise ValidationError(f"“{field.label}”此时不填，请删去。")
        except ValidationError as error:
            problems[field.key] = error.messages
    problems |= {key: UNKNOWN for key in values if key not in cleaned}
    if problems:
        raise ValidationError(problems)
    return cleaned


def _value(field: Field, value: Any, options: Options) -> Any:
    """One value, checked; empty text, empty list and null all mean: not filled in."""
    cleaned = None
    if value is not None and value != "" and value != []:
        check = _rows if field.type == "dynamiclist" else CHECKS[field.type]
        cleaned = check(field, value, options)
    if cleaned is None and field.required:
        raise ValidationError(f"请填写“{field.label}”。")
    return cleaned


def _hidden(form: tuple[Field, ...], values: Mapping[str, Any]) -> dict[str, Field]:
    """The fields that the form does not ask; a hidden field counts as empty for the conditions of the others."""
    hidden: dict[str, Field] = {}
    while True:
        visible = {key: value for key, value in values.items() if key not in hidden}
        more = {field.key: field for field in form if field.hidden and field.hidden.holds(visible)}
        if more.keys() <= hidden.keys():
            return hidden
        hidden |= more


def _filled(value: Any) -> bool:
    return value not in (None, "", [], False)


def _rows(field: Field, value: Any, options: Options) -> list[dict[str, Any]]:
    fewest, most = field.rules.get("minItems", 0), min(field.rules.get("maxItems", MOST_ROWS), MOST_ROWS)
    if not isinstance(value, list) or not fewest <= len(value) <= most:
        raise ValidationError(f"“{field.label}”要是 {fewest} 到 {most} 行的列表。")
    rows, problems = [], {}
    for number, row in enumerate(value):
        try:
            rows.append(clean(field.fields, row, options))
        except ValidationError as error:
            problems[number] = error.messages
    if problems:
        raise ValidationError(problems)
    return rows
