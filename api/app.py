"""The Flask app: extensions, handlers and resources put together in one place."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from api import converters, document, extensions, headers, logbook, problems
from api.documentation import routes as documentation
from api.reading import LARGEST_BODY
from api.resources import RESOURCES
from api.services import Services
from settings import Settings

VERSION = "1.0.0"


def create_app(
    settings: Settings,
    sessions: sessionmaker[Session],
    sentences: Mapping[str, str] | None = None,
) -> Flask:
    """The web application.

    ``sessions`` makes sessions of the application role, with the audit vault and the loaded releases in their info;
    ``sentences`` is the sentence of each clause of the regulations by its id, quoted in problem documents.
    """
    logbook.configure()
    app = Flask("binglian", static_folder=None)
    app.url_map.strict_slashes = True
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, PROPAGATE_EXCEPTIONS=False)
    headers.install(app)
    problems.install(app, sentences or {})
    limiter = extensions.create_limiter(app, settings)
    app.extensions["binglian"] = Services(settings, sessions, sentences or {}, limiter)
    converters.install(app)
    description = document.configure(app, VERSION)
    converters.describe(description)
    for resource in RESOURCES:
        description.register_blueprint(resource)
    app.register_blueprint(documentation.create_blueprint(description))
    return app
