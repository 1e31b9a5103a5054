"""Path parameters that are neither UUIDs nor free text."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_smorest import Api
from werkzeug.routing import BaseConverter


class Digest(BaseConverter):
    """A SHA-256 in hexadecimal."""

    regex = "[0-9a-f]{64}"


class Name(BaseConverter):
    """The name of a file or form inside a release."""

    regex = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}"


def _schema(converter: BaseConverter) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{converter.regex}$"}


def install(app: Flask) -> None:
    """Make ``<digest:...>`` and ``<name:...>`` known to the routes."""
    app.url_map.converters.update(digest=Digest, name=Name)


def describe(document: Api) -> None:
    """Say in the OpenAPI document what they accept."""
    for converter in (Digest, Name):
        document.register_converter(converter, _schema)
