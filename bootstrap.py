"""The wiring: what each process of the platform is put together from."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from audit.vault import VAULT, Vault
from cases.channels import CHANNELS, Channel
from cases.mail import Mail
from cases.releases import RELEASES, vocabulary
from cases.webhook import Webhook
from database.connect import create_session_factory
from files.local_store import LocalStore
from files.scanning import SCANNER, scanner_at
from files.store import STORE
from processes.install import Releases
from regulations import load_clauses
from settings import Settings


def web_app() -> Flask:
    """The web application of a process whose environment holds the settings."""
    settings = Settings.from_environment()
    sentences = {clause.id: clause.quote for clause in load_clauses().values()}
    return create_app(settings, open_sessions(settings, load_releases()), sentences)


def load_releases() -> Releases:
    """The releases of a process: each is loaded when it is first asked for."""
    return Releases(vocabulary())


def open_sessions(settings: Settings, releases: Releases) -> sessionmaker[Session]:
    """The sessions of a process as the application role, on a pool of its own: call it after forking."""
    info: dict[object, object] = {
        VAULT: Vault.open(settings.data / "keys"),
        RELEASES: releases,
        STORE: LocalStore(settings.data / "files"),
        SCANNER: scanner_at(settings.clamd),
        CHANNELS: open_channels(settings),
    }
    return create_session_factory(settings.database_url, info=info)


def open_channels(settings: Settings) -> dict[str, Channel]:
    """The channels of notices beside the inbox; raises ``ValueError`` where a setting does not fit."""
    channels: dict[str, Channel] = {}
    if settings.smtp:
        channels["mail"] = Mail(settings.smtp, settings.mail_sender or "")
    if settings.webhook:
        channels["webhook"] = Webhook(settings.webhook, settings.webhook_secret or "")
    return channels
