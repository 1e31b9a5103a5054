"""Hold the values that a person sent to the form that was shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from errors import Invalid
from forms.checks import Options
from forms.cleaning import WHOLE, clean
from forms.definition import FormDefinition


def validate(definition: FormDefinition, values: Mapping[str, Any], options: Options | None = None) -> dict[str, Any]:
    """Return every field of the form, ``None`` where nothing is asked or filled in; texts are stripped.

    ``options`` gives the values of choices whose options come at run time (``valuesKey``); where it says nothing, any
    short text passes and the use case must check it. Raises ``Invalid`` with the path of the first wrong field
    (``materials.0.file``), a Chinese sentence, and all of them in ``details["errors"]``; fields that are unknown, or
    that the form hides, are refused.
    """
    try:
        return clean(definition.fields, values, options or {})
    except ValidationError as error:
        problems = _flatten(error.messages, "")
    field, message = problems[0]
    errors = [{"field": where, "message": what} for where, what in problems]
    raise Invalid("form_invalid", message, field=field or "values", details={"errors": errors})


def _flatten(messages: Any, path: str) -> list[tuple[str, str]]:
    if not isinstance(messages, dict):
        return [(path, str(message)) for message in messages]
    found = []
    for key, inner in messages.items():
        found += _flatten(inner, path if key == WHOLE else f"{path}.{key}" if path else str(key))
    return found
