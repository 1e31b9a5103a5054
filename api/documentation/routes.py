"""Serves the OpenAPI document and its page, from local files only."""

from __future__ import annotations

import mimetypes
from importlib.resources import files
from pathlib import Path

import orjson
from flask import Blueprint, Response, abort
from flask_smorest import Api

HERE = Path(__file__).parent
SWAGGER = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
# Swagger UI writes style attributes and shows its icons as data addresses; nothing else is loosened.
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def create_blueprint(document: Api) -> Blueprint:
    """The routes that show ``document``, as it is when first asked for."""
    blueprint = Blueprint("documentation", __name__, url_prefix="/api/v1")
    swagger = files("flask_swagger_ui") / "dist"
    assets = {name: (swagger / name).read_bytes() for name in SWAGGER}
    assets["start.js"] = (HERE / "start.js").read_bytes()
    page = (HERE / "page.html").read_bytes()
    rendered: list[bytes] = []

    @blueprint.get("/openapi.json", provide_automatic_options=False)
    def openapi_document() -> Response:
        if not rendered:
            rendered.append(_render(document))
        return Response(rendered[0], content_type="application/json")

    @blueprint.get("/docs", provide_automatic_options=False)
    def documentation_page() -> Response:
        return Response(page, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})

    @blueprint.get("/docs/<asset>", provide_automatic_options=False)
    def documentation_asset(asset: str) -> Response:
        if asset not in assets:
            abort(404)
        kind = mimetypes.guess_type(asset)[0] or "application/octet-stream"
        return Response(assets[asset], content_type=kind, headers={"Cache-Control": "public, max-age=3600"})

    return blueprint


def _render(document: Api) -> bytes:
    return orjson.dumps(document.spec.to_dict(), option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
