"""Flask-Limiter on the platform's Redis; a Redis that is down or slow never fails a request."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from settings import Settings

SECONDS_TO_REDIS = 0.3
# The library types options as text or whole numbers and hands them to redis-py, which takes fractions.
_TIMEOUTS: dict[str, Any] = {"socket_connect_timeout": SECONDS_TO_REDIS, "socket_timeout": SECONDS_TO_REDIS}


def create_limiter(app: Flask, settings: Settings) -> Limiter:
    """The limiter of ``app``; counts live in Redis, so that all web processes share them."""
    return Limiter(
        key_func=get_remote_address,
        app=app,
        storage_uri=storage_address(settings.redis_url),
        storage_options=_TIMEOUTS,
        strategy="fixed-window",
        key_prefix="binglian",
        swallow_errors=True,
    )


def storage_address(redis_url: str) -> str:
    """The address of Redis as the limiter writes it: a socket is ``redis+unix://``."""
    return "redis+" + redis_url if redis_url.startswith("unix://") else redis_url
