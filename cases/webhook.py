"""A signed webhook as a channel: another system (短信平台, 政务钉钉) is told of every notice and passes it on."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from cases.channels import Undelivered
from cases.models.work import Notice
from database.clock import current_time

SECONDS_TO_SERVER = 10.0
SHORTEST_SECRET = 32


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over ``timestamp.body``: a body cannot be changed, nor sent again much later."""
    return hmac.digest(secret.encode(), f"{timestamp}.".encode() + body, "sha256").hex()


@dataclass(frozen=True, slots=True)
class Webhook:
    """``url`` takes a POST of JSON; the other side checks it with ``secret`` and refuses old timestamps."""

    url: str
    secret: str

    def __post_init__(self) -> None:
        where = urlsplit(self.url)
        if where.scheme not in ("http", "https") or not where.hostname:
            raise ValueError("通知接口的地址要以 http:// 或 https:// 开头")
        if len(self.secret) < SHORTEST_SECRET:
            raise ValueError(f"通知接口的签名密钥至少要 {SHORTEST_SECRET} 个字符")

    def wants(self, session: Session, notice_id: UUID) -> bool:
        """Every notice goes out."""
        return True

    def deliver(self, session: Session, message_id: UUID, payload: Mapping[str, Any]) -> None:
        """POST the notice; only an answer 2xx is a delivery. A redirect is not followed."""
        notice, username = session.execute(
            select(Notice, User.username)
            .join(User, User.id == Notice.user_id)
            .where(Notice.id == UUID(payload["notice"]))
        ).one()
        body = orjson.dumps(_content(message_id, notice, username))
        headers = self._headers(message_id, body, current_time(session))
        try:
            status = self._post(body, headers)
        except (OSError, HTTPException) as error:
            raise Undelivered(f"通知接口没有应答（{type(error).__name__}），请核对地址：{error}"[:500]) from error
        if not 200 <= status < 300:
            raise Undelivered(f"通知接口答复 {status}，没有收下通知")

    def _headers(self, message_id: UUID, body: bytes, now: datetime) -> dict[str, str]:
        timestamp = int(now.timestamp())
        return {
            "Content-Type": "application/json",
            "Binglian-Delivery": str(message_id),
            "Binglian-Timestamp": str(timestamp),
            "Binglian-Signature": f"v1={signature(self.secret, timestamp, body)}",
        }

    def _post(self, body: bytes, headers: Mapping[str, str]) -> int:
        where = urlsplit(self.url)
        kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
        connection = kind(where.hostname or "", where.port, timeout=SECONDS_TO_SERVER)
        try:
            target = (where.path or "/") + (f"?{where.query}" if where.query else "")
            connection.request("POST", target, body, dict(headers))
            return connection.getresponse().status
        finally:
            connection.close()


def _content(message_id: UUID, notice: Notice, username: str) -> dict[str, Any]:
    return {
        "id": message_id,
        "notice": notice.id,
        "kind": notice.kind,
        "title": notice.title,
        "username": username,
        "stage_case": notice.stage_case_id,
        "item_case": notice.item_case_id,
        "task": notice.work_item_id,
        "delivered_at": notice.delivered_at,
    }
