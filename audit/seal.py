"""The sealer: signs what is committed, so that whoever rewrites the database without the key is found out.

A seal covers the streams that grew since the last one, by their heads: the head's hash stands for the whole stream.
Entries commit out of the order of their ids; the sealer therefore looks again at every id above ``settled_id`` and
raises it only over ids whose writers have all ended.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Row, insert, select, text
from sqlalchemy.orm import Session, sessionmaker

from audit.chain import canonical
from audit.keys import seal_key
from audit.merkle import MerkleTree
from audit.models import AuditSeal, AuditSealHead
from database.clock import current_time
from database.transaction import in_transaction

SEALER_LOCK = 0x73_65_61_6C
ROOT_FILE = "audit-seals.jsonl"
BATCH = 5_000

HORIZON = text("SELECT coalesce(pg_sequence_last_value('audit_entries_id_seq'), 0)")
WRITERS = text("""
    SELECT DISTINCT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'audit_entries'::regclass AND mode = 'RowExclusiveLock' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
""")
GROWN = text("""
    WITH recent AS (
        SELECT DISTINCT ON (stream_kind, stream_id) stream_kind, stream_id, sequence, hash
        FROM audit_entries WHERE id > :settled ORDER BY stream_kind, stream_id, sequence DESC
    )
    SELECT r.stream_kind, r.stream_id, r.sequence, r.hash FROM recent r
    WHERE r.sequence > coalesce((
        SELECT max(h.sequence) FROM audit_seal_heads h
        WHERE h.stream_kind = r.stream_kind AND h.stream_id = r.stream_id
    ), 0)
    ORDER BY r.stream_kind, r.stream_id
""")


@dataclass(frozen=True, slots=True)
class Horizon:
    """Up to where every entry is known (``settled``), and up to where it will be once ``writers`` have ended."""

    settled: int = 0
    reached: int = 0
    writers: Sequence[str] = ()

    def move(self, reached: int, writers: Sequence[str]) -> Horizon:
        """The next horizon, when ``reached`` was the last id drawn before ``writers`` were the open ones."""
        if not writers:
            return Horizon(reached, reached)
        if set(self.writers) & set(writers):
            return self
        return Horizon(self.reached, reached, sorted(writers))


def run_sealer(sessions: sessionmaker[Session], data: Path) -> int | None:
    """Seal what is new and bring the root file up to date; the number of the seal, None when there was nothing.

    ``data`` is the platform's data folder. Any process may call it at any time: one works, the others return at once.
    """
    key = seal_key(data / "keys")
    number = in_transaction(sessions, lambda session: seal(session, key, current_time(session)))
    in_transaction(sessions, lambda session: publish(session, data / "seals" / ROOT_FILE))
    return number


def seal(session: Session, key: Ed25519PrivateKey, now: datetime) -> int | None:
    """Write one seal in this transaction; None when another sealer is at work or no stream has grown."""
    if not session.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": SEALER_LOCK}).scalar_one():
        return None
    last = session.execute(select(AuditSeal.__table__).order_by(AuditSeal.number.desc()).limit(1)).one_or_none()
    before = Horizon(last.settled_id, last.horizon_id, last.horizon_writers) if last else Horizon()
    # The order matters: an id drawn before ``reached`` was read belongs to a writer that is listed, or has ended and
    # is visible to the statement that comes after.
    reached = session.execute(HORIZON).scalar_one()
    horizon = before.move(reached, session.execute(WRITERS).scalars().all())
    heads = session.execute(GROWN, {"settled": before.settled}).all()
    if not heads:
        return None
    tree = MerkleTree()
    for head in heads:
        tree.add(head.stream_kind, head.stream_id, head.sequence, head.hash)
    row: dict[str, Any] = {
        "number": last.number + 1 if last else 1,
        "previous": seal_hash(last) if last else b"",
        "root": tree.root,
        "heads": tree.count,
        "sealed_at": now,
        "settled_id": horizon.settled,
        "horizon_id": horizon.reached,
        "horizon_writers": list(horizon.writers),
    }
    session.execute(insert(AuditSeal).values(**row, signature=key.sign(statement(row))))
    for start in range(0, len(heads), BATCH):
        batch = [{"seal_number": row["number"], **head._mapping} for head in heads[start : start + BATCH]]
        session.execute(insert(AuditSealHead), batch)
    return int(row["number"])


def statement(row: Any) -> bytes:
    """The bytes that a seal signs: all that it says."""
    seal_row = row._mapping if isinstance(row, Row) else row
    return canonical(
        {
            "number": seal_row["number"],
            "previous": seal_row["previous"].hex(),
            "root": seal_row["root"].hex(),
            "heads": seal_row["heads"],
            "sealed_at": seal_row["sealed_at"].astimezone(UTC),
            "horizon": [seal_row["settled_id"], seal_row["horizon_id"], list(seal_row["horizon_writers"])],
        }
    )


def seal_hash(row: Row[Any]) -> bytes:
    """What the next seal remembers of this one."""
    return hashlib.sha256(statement(row) + row.signature).digest()


def publish(session: Session, path: Path) -> None:
    """Append to the file, and force to disk, a line for every seal that it does not have yet.

    The file is written after the seals are committed; a crash in between is mended by the next call. Copies of the
    file at another place make even the loss of a whole database, key and all, visible.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _cut_to_whole_lines(file)
        newer = select(AuditSeal.__table__).where(AuditSeal.number > last).order_by(AuditSeal.number)
        for row in session.execute(newer):
            file.write(root_line(row))
        file.flush()
        os.fsync(file.fileno())


def root_line(row: Row[Any]) -> bytes:
    """The line of the root file for a seal."""
    line = {
        "number": row.number,
        "root": row.root.hex(),
        "seal": seal_hash(row).hex(),
        "sealed_at": row.sealed_at.astimezone(UTC),
    }
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _cut_to_whole_lines(file: Any) -> int:
    """Forget a line that a crash left unfinished; the number of the last seal in the file, 0 for none."""
    end = file.seek(0, os.SEEK_END)
    start = max(0, end - 4096)
    file.seek(start)
    lines = file.read().split(b"\n")
    if lines[-1]:
        file.truncate(end - len(lines[-1]))
    file.seek(0, os.SEEK_END)
    return int(orjson.loads(lines[-2])["number"]) if len(lines) > 1 else 0
