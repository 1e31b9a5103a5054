"""Records what an ORM use case did, on the stream of the row that it wrote anyway."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import insert, inspect
from sqlalchemy.orm import Session

from audit.chain import Entry, Head, chain
from audit.models import AuditEntry, AuditStream
from audit.vault import vault_of


class Acting(Protocol):
    """Who acts: a person, and the network address from which."""

    @property
    def user_id(self) -> UUID: ...
    @property
    def address(self) -> str | None: ...


def record(
    session: Session,
    owner: AuditStream,
    *,
    actor: Acting | None,
    action: str,
    recorded_at: datetime,
    effective_at: datetime | None = None,
    object_type: str | None = None,
    object_id: object = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
    result: str = "done",
) -> None:
    """Append one entry to the stream of ``owner``, which is locked until the end of the transaction.

    ``owner`` is a row with the mixin ``AuditStream``, new or loaded; ``actor`` None is the platform itself. The object
    is ``owner`` unless ``object_type`` and ``object_id`` say otherwise. The entry stands or falls with the change.
    """
    state = inspect(owner)
    new = not state.has_identity
    session.add(owner)
    session.flush()
    if not new:  # of a new row nobody else knows
        session.refresh(owner, ["audit_sequence", "audit_hash"], with_for_update={"key_share": True})
    kind = str(state.mapper.local_table.name)
    identity = str(state.identity[0])
    entry = Entry(
        stream_kind=kind,
        stream_id=identity,
        actor_id=actor.user_id if actor else None,
        address=actor.address if actor else None,
        action=action,
        result=result,
        object_type=object_type or kind,
        object_id=identity if object_id is None else str(object_id),
        effective_at=effective_at or recorded_at,
        recorded_at=recorded_at,
        details=details(before=before, after=after, reason=reason),
    )
    row, head = chain(Head(owner.audit_sequence, owner.audit_hash), entry, vault_of(session))
    owner.audit_sequence, owner.audit_hash = head
    session.execute(insert(AuditEntry).values(**row))


def details(**parts: object) -> dict[str, object]:
    """The details of an entry without the parts that are not there."""
    return {name: part for name, part in parts.items() if part is not None}
