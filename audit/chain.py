"""How an entry is chained to the one before it: canonical bytes, salted digest, hash. Pure."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from audit.vault import Vault

VERSION = 1
SALT_BYTES = 16
FIRST = b""


class Head(NamedTuple):
    """The end of a stream: how many entries it has, and the hash of the last (empty before the first)."""

    sequence: int
    hash: bytes


NO_HEAD = Head(0, FIRST)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did, or was refused.

    ``stream_kind`` is the table and ``stream_id`` the primary key of the row that heads the stream. ``actor_id`` is
    None for the platform itself. ``action`` is ``object.verb``, ``effective_at`` when it counts, ``recorded_at`` when
    it was written. ``details`` (before, after, reason ...) is encrypted; everything else stays readable.
    """

    stream_kind: str
    stream_id: str
    action: str
    object_type: str
    object_id: str
    effective_at: datetime
    recorded_at: datetime
    actor_id: UUID | None = None
    address: str | None = None
    result: str = "done"
    details: Mapping[str, Any] = field(default_factory=dict)


def chain(head: Head, entry: Entry, vault: Vault) -> tuple[dict[str, Any], Head]:
    """Put ``entry`` after ``head``: the row for ``audit_entries``, and the new head for the row that owns the stream.

    The caller holds the lock of that row and writes both in the same transaction.
    """
    sequence = head.sequence + 1
    salted = os.urandom(SALT_BYTES) + canonical(entry.details)
    row: dict[str, Any] = {
        "stream_kind": entry.stream_kind,
        "stream_id": entry.stream_id,
        "sequence": sequence,
        "actor_id": entry.actor_id,
        "address": entry.address,
        "action": entry.action,
        "result": entry.result,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "effective_at": entry.effective_at.astimezone(UTC),
        "recorded_at": entry.recorded_at.astimezone(UTC),
        "digest": digest(salted),
    }
    row["hash"] = entry_hash(head.hash, row)
    row["details"] = vault.lock(salted, place(row))
    return row, Head(sequence, row["hash"])


def entry_hash(previous: bytes, row: Mapping[str, Any]) -> bytes:
    """SHA-256 over everything that the entry says in the clear, the digest of its details, and the hash before it."""
    return hashlib.sha256(
        canonical(
            {
                "version": VERSION,
                "previous": previous.hex(),
                "stream": [row["stream_kind"], row["stream_id"], row["sequence"]],
                "actor": row["actor_id"],
                "address": row["address"],
                "action": row["action"],
                "result": row["result"],
                "object": [row["object_type"], row["object_id"]],
                "effective_at": row["effective_at"].astimezone(UTC),
                "recorded_at": row["recorded_at"].astimezone(UTC),
                "digest": row["digest"].hex(),
            }
        )
    ).digest()


def digest(salted: bytes) -> bytes:
    """SHA-256 of the salt followed by the canonical details."""
    return hashlib.sha256(salted).digest()


def read_details(row: Mapping[str, Any], vault: Vault) -> dict[str, Any]:
    """The details of a row that still has them; raises ``VaultIsClosed``."""
    content: dict[str, Any] = orjson.loads(vault.unlock(row["details"], place(row))[SALT_BYTES:])
    return content


def place(row: Mapping[str, Any]) -> bytes:
    """Where an entry stands, as the encryption of its details is bound to it."""
    return f"{row['stream_kind']}\n{row['stream_id']}\n{row['sequence']}".encode()


def canonical(value: object) -> bytes:
    """The one spelling of a value as JSON: sorted keys, instants with microseconds and zone."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str)
