"""The wiring: what each process of the platform is put together from."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from audit.vault import VAULT, Vault
from database.connect import create_session_factory
from settings import Settings


def web_app() -> Flask:
    """The web application of a process whose environment holds the settings."""
    settings = Settings.from_environment()
    return create_app(settings, open_sessions(settings))


def open_sessions(settings: Settings) -> sessionmaker[Session]:
    """The sessions of a process, on a pool of its own: call it after forking."""
    vault = Vault.open(settings.data / "keys")
    return create_session_factory(settings.database_url, info={VAULT: vault})
