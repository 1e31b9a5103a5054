"""Idempotency-Key: the same request by the same person has one effect and one answer for 24 hours.

Only what succeeded is kept: a refused request changed nothing and may be sent again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from api.problems import Problem
from database.transaction import Stale

PATTERN = "[A-Za-z0-9._:-]{8,128}"
KEPT = "24 hours"
SECONDS_TO_ASK_AGAIN = 1


@dataclass(frozen=True, slots=True)
class Slot:
    """The place where one person's answer to one request is kept."""

    user_id: UUID
    route: str
    key: str
    request_hash: bytes

    @classmethod
    def of(cls, user_id: UUID, route: str, key: str, address: str, content: bytes) -> Slot:
        """``address`` is the path with its query: another one makes another request."""
        return cls(user_id, route, key, hashlib.sha256(address.encode() + b"\n" + content).digest())

    @property
    def lock(self) -> int:
        """The number of the advisory lock that says: this request is being answered now."""
        digest = hashlib.sha256(f"{self.user_id}\n{self.route}\n{self.key}".encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was given."""

    status: int
    body: bytes
    headers: dict[str, str]


FIND = text(f"""
    SELECT request_hash, status, answer, headers FROM idempotency_keys
    WHERE user_id = :user_id AND route = :route AND key = :key
      AND created_at > (SELECT platform_now() - interval '{KEPT}')
""")

# What is past its day goes a few rows at a time with each new one: no process has to sweep.
KEEP = text(f"""
    WITH past AS (
        SELECT id FROM idempotency_keys WHERE created_at <= (SELECT platform_now() - interval '{KEPT}')
          AND (user_id, route, key) <> (:user_id, :route, :key)
        ORDER BY created_at LIMIT 5 FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM idempotency_keys WHERE id IN (SELECT id FROM past)
    )
    INSERT INTO idempotency_keys AS kept
        (id, user_id, route, key, request_hash, status, answer, headers, created_at)
    VALUES (gen_random_uuid(), :user_id, :route, :key, :request_hash, :status, :answer, CAST(:headers AS jsonb),
            platform_now())
    ON CONFLICT (user_id, route, key) DO UPDATE
        SET request_hash = excluded.request_hash, status = excluded.status, answer = excluded.answer,
            headers = excluded.headers, created_at = excluded.created_at
        WHERE kept.created_at <= (SELECT platform_now() - interval '{KEPT}')
    RETURNING id
""")


def recall(session: Session, slot: Slot) -> Kept | None:
    """The answer already given, or None; raises 422 for another request under the same key, 409 while in flight.

    In flight is what a transaction of this key holds the lock for: it ends with the transaction, also when who answered
    has died, and what it did is seen by whoever gets the lock next. So asking again leads to the one answer.
    """
    free = session.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": slot.lock}).scalar_one()
    if not free:
        raise Problem(
            409,
            "request_in_flight",
            "同一个请求正在办理，请按响应头 Retry-After 稍后用同样的 Idempotency-Key 再取结果，不会重复生效。",
            headers={"Retry-After": str(SECONDS_TO_ASK_AGAIN)},
        )
    names = {"user_id": slot.user_id, "route": slot.route, "key": slot.key}
    found = session.execute(FIND, names).one_or_none()
    if found is None:
        return None
    if found.request_hash != slot.request_hash:
        raise Problem(
            422,
            "idempotency_key_reused",
            "这个 Idempotency-Key 已用于另一个请求；新的请求请换一个新的 Idempotency-Key。",
        )
    return Kept(found.status, found.answer, found.headers)


def keep(session: Session, slot: Slot, answer: Kept) -> None:
    """Keep the answer in the transaction of the effect; raises ``Stale`` when somebody kept one meanwhile."""
    kept = session.execute(
        KEEP,
        {
            "user_id": slot.user_id,
            "route": slot.route,
            "key": slot.key,
            "request_hash": slot.request_hash,
            "status": answer.status,
            "answer": answer.body,
            "headers": orjson.dumps(answer.headers).decode(),
        },
    ).one_or_none()
    if kept is None:
        raise Stale
