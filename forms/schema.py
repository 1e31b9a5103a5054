"""Build the marshmallow schema of what a form asks now, and run it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow
from marshmallow import ValidationError, fields

from forms.checks import CHECKS, Options
from forms.definition import Field

MOST_ROWS = 500
MOST_SCHEMAS = 2_000


class FormSchema(marshmallow.Schema):
    """A schema that refuses what it does not know, in Chinese."""

    error_messages = {"unknown": "表单里没有这一项，请删去。", "type": "这里要是一个对象：字段名和填写的值。"}  # noqa: RUF012

    class Meta:
        unknown = marshmallow.RAISE


class FormField(fields.Field[Any]):
    """One input of a form; empty text, empty list and null all mean: not filled in."""

    def __init__(self, field: Field, options: Options) -> None:
        super().__init__(required=field.required, allow_none=True)
        self.field = field
        self.options = options

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """Check one value; raises ``ValidationError`` with a Chinese sentence."""
        if value is marshmallow.missing or value is None or value == "" or value == []:
            cleaned = None
        elif self.field.type == "dynamiclist":
            cleaned = _rows(self.field, value, self.options)
        else:
            cleaned = CHECKS[self.field.type](self.field, value, self.options)
        if cleaned is None and self.field.required:
            raise ValidationError(f"请填写“{self.field.label}”。")
        return cleaned


def clean(form: tuple[Field, ...], values: Any, options: Options) -> dict[str, Any]:
    """Check the values against the fields; returns every field, raises ``ValidationError`` with all problems."""
    given = values if isinstance(values, Mapping) else {}
    hidden = _hidden(form, given)
    unwanted = {key: [f"“{field.label}”此时不填，请删去。"] for key, field in hidden.items() if _filled(given.get(key))}
    kept = {key: value for key, value in given.items() if key not in hidden} if given else values
    try:
        cleaned = _schema(form, frozenset(hidden), options).load(kept)
    except ValidationError as error:
        raise ValidationError({**messages_of(error), **unwanted}) from error
    if unwanted:
        raise ValidationError(unwanted)
    return {field.key: cleaned.get(field.key) for field in form}


def _schema(form: tuple[Field, ...], hidden: frozenset[str], options: Options) -> marshmallow.Schema:
    """The schema of the fields that are asked; without options of run time it is made once a form."""
    kept = _schemas.get((id(form), hidden))
    if kept is not None and kept[0] is form and not options:
        return kept[1]
    columns: dict[str, Any] = {field.key: FormField(field, options) for field in form if field.key not in hidden}
    schema: marshmallow.Schema = type("Asked", (FormSchema,), columns)()
    if not options:
        if len(_schemas) >= MOST_SCHEMAS:
            _schemas.clear()
        _schemas[id(form), hidden] = form, schema
    return schema


_schemas: dict[tuple[int, frozenset[str]], tuple[tuple[Field, ...], marshmallow.Schema]] = {}


def _hidden(form: tuple[Field, ...], values: Mapping[str, Any]) -> dict[str, Field]:
    """The fields that the form does not ask; a hidden field counts as empty for the conditions of the others."""
    hidden: dict[str, Field] = {}
    while True:
        visible = {key: value for key, value in values.items() if key not in hidden}
        more = {field.key: field for field in form if field.hidden and field.hidden.holds(visible)}
        if more.keys() <= hidden.keys():
            return hidden
        hidden |= more


def messages_of(error: ValidationError) -> dict[str, Any]:
    """The messages by field, however the error was raised."""
    return error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}


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
            problems[number] = messages_of(error)
    if problems:
        raise ValidationError(problems)
    return rows
