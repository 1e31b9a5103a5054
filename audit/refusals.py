"""Records what was refused, in a transaction of its own: the refused one is rolled back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.orm import Session, sessionmaker

from audit.chain import Entry, Head, chain
from audit.models import AuditEntry
from audit.record import Acting
from audit.vault import vault_of
from database.clock import current_time
from database.transaction import in_transaction

LOCK_USER = text("SELECT audit_sequence, audit_hash FROM users WHERE id = CAST(:key AS uuid) FOR NO KEY UPDATE")
MOVE_USER = text("UPDATE users SET audit_sequence = :sequence, audit_hash = :hash WHERE id = CAST(:key AS uuid)")
LOCK_PLATFORM = text("SELECT audit_sequence, audit_hash FROM audit_streams WHERE name = :key FOR NO KEY UPDATE")
MOVE_PLATFORM = text("UPDATE audit_streams SET audit_sequence = :sequence, audit_hash = :hash WHERE name = :key")
PLATFORM = "platform"


def record_refusal(
    sessions: sessionmaker[Session],
    *,
    actor: Acting | None,
    action: str,
    object_type: str,
    object_id: object,
    details: Mapping[str, Any],
    address: str | None = None,
) -> None:
    """Append a refused attempt to the stream of the person, or of the platform when nobody is known.

    ``details`` says why (code, message, what was asked); put no content there that was refused as classified.
    """
    user_id = actor.user_id if actor else None

    def work(session: Session) -> None:
        append_refusal(
            session,
            user_id,
            action=action,
            object_type=object_type,
            object_id=object_id,
            details=details,
            address=actor.address if actor else address,
        )

    in_transaction(sessions, work)


def append_refusal(
    session: Session,
    user_id: UUID | None,
    *,
    action: str,
    object_type: str,
    object_id: object,
    details: Mapping[str, Any],
    address: str | None,
) -> None:
    """The same inside a transaction that the caller commits."""
    kind, key = ("users", str(user_id)) if user_id else ("audit_streams", PLATFORM)
    lock, move = (LOCK_USER, MOVE_USER) if user_id else (LOCK_PLATFORM, MOVE_PLATFORM)
    head = Head(*session.execute(lock, {"key": key}).one())
    now = current_time(session)
    entry = Entry(
        stream_kind=kind,
        stream_id=key,
        actor_id=user_id,
        address=address,
        action=action,
        result="refused",
        object_type=object_type,
        object_id=str(object_id),
        effective_at=now,
        recorded_at=now,
        details=details,
    )
    row, head = chain(head, entry, vault_of(session))
    session.execute(insert(AuditEntry).values(**row))
    session.execute(move, {"sequence": head.sequence, "hash": head.hash, "key": key})
