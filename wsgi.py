"""The web entry: ``gunicorn wsgi:app``."""

import gunicorn.http.wsgi  # type: ignore[import-untyped]
from flask import Response
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]
from werkzeug.exceptions import BadRequest

from api import problems
from bootstrap import web_app

gunicorn.http.wsgi.SERVER = "binglian"  # gunicorn has no setting for it, and strangers need not know what serves them

app = web_app()


@app.errorhandler(ParseException)
def malformed(_: Exception) -> Response:
    """What the server finds wrong in a body only while the platform reads it is the client's fault, not ours."""
    return problems.respond(problems.from_http(BadRequest()))
