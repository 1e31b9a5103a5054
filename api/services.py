"""What the views need of the process they run in; put together by ``create_app``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_limiter import Limiter
from sqlalchemy.orm import Session, sessionmaker

from settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """``sessions`` makes sessions of the application role, ``sentences`` holds each clause's sentence by its id."""

    settings: Settings
    sessions: sessionmaker[Session]
    sentences: Mapping[str, str]
    limiter: Limiter
