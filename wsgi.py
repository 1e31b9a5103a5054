"""The web entry: ``gunicorn wsgi:app``."""

import gunicorn.http.wsgi  # type: ignore[import-untyped]

from bootstrap import web_app

gunicorn.http.wsgi.SERVER = "binglian"  # gunicorn has no setting for it, and strangers need not know what serves them

app = web_app()
