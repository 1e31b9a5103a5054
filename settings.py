"""The one place that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What a process of the platform must know to start.

    ``database_url`` is the application role's SQLAlchemy URL, ``owner_url`` the owner's (migrations only), ``data``
    the folder of keys, seals and files, ``demo`` whether this is the demonstration region with its banner, ``clamd``
    the virus scanner (``unix:///path`` or ``tcp://host:port``); without it files are kept as not scanned (未扫描).
    ``smtp`` (``smtp://``, ``smtp+starttls://`` or ``smtps://``) and ``mail_sender`` let notices go out by mail,
    ``webhook`` and ``webhook_secret`` to another system.
    """

    database_url: str
    owner_url: str
    redis_url: str
    data: Path
    demo: bool = False
    clamd: str | None = None
    smtp: str | None = None
    mail_sender: str | None = None
    webhook: str | None = None
    webhook_secret: str | None = None

    @property
    def delivers_outside(self) -> bool:
        """Whether notices leave the platform: then workers of their own deliver them, for their servers may hang."""
        return bool(self.smtp or self.webhook)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings; raises ``KeyError`` naming the variable that is missing."""
        database_url = environment["DATABASE_URL"]
        return cls(
            database_url=database_url,
            owner_url=environment.get("DATABASE_OWNER_URL", database_url),
            redis_url=environment["REDIS_URL"],
            data=Path(environment["BINGLIAN_DATA"]),
            demo=environment.get("BINGLIAN_DEMO") == "1",
            clamd=environment.get("BINGLIAN_CLAMD") or None,
            smtp=environment.get("BINGLIAN_SMTP") or None,
            mail_sender=environment.get("BINGLIAN_MAIL_SENDER") or None,
            webhook=environment.get("BINGLIAN_WEBHOOK") or None,
            webhook_secret=environment.get("BINGLIAN_WEBHOOK_SECRET") or None,
        )
