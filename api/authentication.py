"""Who asks: the session cookie with its CSRF token, or a bearer token; one query either way."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from flask import Request
from sqlalchemy.orm import Session

from accounts.actor import Actor
from accounts.authenticate import authenticate_session, authenticate_token
from api.description import CSRF_HEADER, SESSION_COOKIE
from errors import NotAllowed, NotSignedIn

SECRET = re.compile("[A-Za-z0-9_-]{16,200}")
BEARER = re.compile("Bearer +([A-Za-z0-9_-]{16,200})", re.IGNORECASE)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


@dataclass(frozen=True, slots=True)
class Caller:
    """``actor`` as the accounts know it; ``cookie`` is the session's secret, None for a bearer token."""

    actor: Actor
    cookie: str | None

    def require(self, permissions: tuple[str, ...]) -> None:
        """Refuse unless the actor has one of the ``permissions``; with none of them named, being known is enough."""
        if permissions and not self.actor.permissions.intersection(permissions):
            self.actor.require(permissions[0])

    def require_csrf_token(self, request: Request) -> None:
        """Refuse a change that comes with a cookie but without its CSRF token: another site may have sent it."""
        if self.cookie is None:
            return
        given = request.headers.get(CSRF_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(csrf_token(self.cookie).encode(), given):
            message = f"修改类请求必须用请求头 {CSRF_HEADER} 带上当前会话的 csrf_token，请刷新页面后重试。"
            raise NotAllowed("csrf_token_missing", message)


def authenticate(session: Session, request: Request) -> Caller:
    """The caller of the request; raises ``NotSignedIn``."""
    header = request.headers.get("Authorization")
    if header is not None:
        match = BEARER.fullmatch(header.strip())
        if match is None:
            raise NotSignedIn("invalid_token", "请求头 Authorization 应写作“Bearer 接口令牌”。")
        return Caller(authenticate_token(session, match[1], address=request.remote_addr), None)
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie or SECRET.fullmatch(cookie) is None:
        raise NotSignedIn("not_signed_in", "尚未登录，请先登录后再操作。")
    return Caller(authenticate_session(session, cookie, address=request.remote_addr), cookie)


def csrf_token(cookie: str) -> str:
    """The token that proves that a request comes from a page which could read the session: nobody else can know it."""
    return hmac.digest(cookie.encode(), b"binglian csrf", hashlib.sha256).hex()


def is_loopback(host: str) -> bool:
    """Whether ``host`` (with or without port) is this very machine, where plain HTTP is no risk."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return name.lower() in LOOPBACK
