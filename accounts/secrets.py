"""Random secrets: people and systems hold the secret, the database only its SHA-256."""

from __future__ import annotations

import hashlib
import secrets

SECRET_BYTES = 32


def new_secret(prefix: str = "") -> str:
    """A new secret of 256 random bits, safe in a URL or header; ``prefix`` says what it is for."""
    return prefix + secrets.token_urlsafe(SECRET_BYTES)


def hash_secret(secret: str) -> bytes:
    """How the database knows the secret. It is random, so no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
