"""The web entry: ``gunicorn wsgi:app``."""

from bootstrap import web_app

app = web_app()
