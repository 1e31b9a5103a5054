"""Verification: reads every entry and seal once, in memory that does not grow with them, and names every trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audit.chain import FIRST, digest, entry_hash, place
from audit.diagnose import diagnose
from audit.erase import erased_places
from audit.findings import Finding
from audit.models import AuditEntry
from audit.owners import heads_that_differ, owner_sequence
from audit.vault import Vault, VaultIsClosed
from audit.verify_seals import length_of, verify_seals

BATCH = 2_000

ENTRIES = text("""
    SELECT e.id, e.stream_kind, e.stream_id, e.sequence, e.hash, e.actor_id, e.address, e.action, e.result,
        e.object_type, e.object_id, e.effective_at, e.recorded_at, e.digest, e.details, h.hash AS sealed
    FROM audit_entries e LEFT JOIN audit_seal_heads h USING (stream_kind, stream_id, sequence)
    ORDER BY e.stream_kind, e.stream_id, e.sequence, e.id
""")
SEALED_BUT_GONE = text("""
    SELECT stream_kind, stream_id, max(sequence) AS sealed, (
        SELECT coalesce(max(e.sequence), 0) FROM audit_entries e
        WHERE e.stream_kind = h.stream_kind AND e.stream_id = h.stream_id
    ) AS present
    FROM audit_seal_heads h GROUP BY stream_kind, stream_id ORDER BY stream_kind, stream_id
""")


@dataclass(slots=True)
class Report:
    """What was looked at, what was found, and the window that no seal covers yet."""

    entries: int = 0
    streams: int = 0
    seals: int = 0
    erased: int = 0
    unsealed: int = 0
    unsealed_since: datetime | None = None
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class _Stream:
    """Where the reader stands in a stream."""

    kind: str
    identity: str
    sequence: int = 0
    hash: bytes = FIRST
    broken: bool = False
    recomputed_at: int = 0
    unsealed: int = 0
    unsealed_since: datetime | None = None


def verify(session: Session, vault: Vault, key: Ed25519PublicKey, root_file: Path) -> Report:
    """Verify everything, in one snapshot of the database; ``session`` must be fresh and is not written to.

    The platform may work and seal meanwhile.

    ``vault`` opens the details, ``key`` is the public key of the seals, ``root_file`` the file of their roots.
    """
    length = length_of(root_file)  # before the snapshot: a seal is committed before its line is written
    session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    report = Report()
    erased = erased_places(session)
    broken = list[_Stream]()
    for stream in _streams(session, vault, erased, report):
        report.streams += 1
        report.unsealed += stream.unsealed
        since = [moment for moment in (report.unsealed_since, stream.unsealed_since) if moment]
        report.unsealed_since = min(since, default=None)
        if stream.broken:
            broken.append(stream)
        elif stream.recomputed_at:
            report.findings.append(Finding("recomputed", stream.kind, stream.identity, stream.recomputed_at))
    for stream in broken:
        report.findings += _diagnosis(session, stream)
    report.findings += _tails(session)
    report.seals, traces = verify_seals(session, key, root_file, length)
    report.findings += traces
    return report


def _streams(session: Session, vault: Vault, erased: frozenset[bytes], report: Report) -> Iterator[_Stream]:
    """Read every entry in order; each stream when it ends."""
    stream: _Stream | None = None
    last_id = None
    rows = session.execute(ENTRIES, execution_options={"yield_per": BATCH})
    for row in map(dict, rows.mappings()):
        if row["id"] == last_id:  # named by two seals, which those will show
            continue
        last_id = row["id"]
        report.entries += 1
        if stream is None or (stream.kind, stream.identity) != (row["stream_kind"], row["stream_id"]):
            if stream is not None:
                yield stream
            stream = _Stream(row["stream_kind"], row["stream_id"])
        if _follow(stream, row):
            _check_details(row, vault, erased, report)
    if stream is not None:
        yield stream


def _follow(stream: _Stream, row: Mapping[str, Any]) -> bool:
    """Step over one entry: does its seal agree, and (the answer) does it link to the one before?"""
    linked: bool = row["sequence"] == stream.sequence + 1 and entry_hash(stream.hash, row) == row["hash"]
    stream.broken |= not linked
    stream.sequence, stream.hash = row["sequence"], row["hash"]
    if row["sealed"] is None:
        stream.unsealed += 1
        stream.unsealed_since = stream.unsealed_since or row["recorded_at"]
        return linked
    stream.unsealed, stream.unsealed_since = 0, None
    if row["sealed"] != row["hash"] and not stream.recomputed_at:
        stream.recomputed_at = row["sequence"]
    return linked


def _check_details(row: Mapping[str, Any], vault: Vault, erased: frozenset[bytes], report: Report) -> None:
    where = (row["stream_kind"], row["stream_id"], row["sequence"])
    if row["details"] is None:
        if place(row) in erased:
            report.erased += 1
        else:
            report.findings.append(Finding("details_removed", *where))
        return
    try:
        intact = digest(vault.unlock(row["details"], place(row))) == row["digest"]
    except VaultIsClosed:
        intact = False
    if not intact:
        report.findings.append(Finding("details_changed", *where))


def _diagnosis(session: Session, stream: _Stream) -> Iterator[Finding]:
    entries = select(AuditEntry.__table__).where(
        AuditEntry.stream_kind == stream.kind, AuditEntry.stream_id == stream.identity
    )
    rows = session.execute(entries.order_by(AuditEntry.sequence, AuditEntry.id)).mappings()
    length = owner_sequence(session, stream.kind, stream.identity)
    return diagnose(stream.kind, stream.identity, list(map(dict, rows)), length)


def _tails(session: Session) -> Iterator[Finding]:
    """Streams that end before what a seal, or the row that heads them, has seen; and rows that do not agree."""
    wanted = dict[tuple[str, str], tuple[int, int]]()  # stream -> (entries that are there, that must be there)
    for row in session.execute(SEALED_BUT_GONE):
        if row.sealed > row.present:
            wanted[row.stream_kind, row.stream_id] = (row.present, row.sealed)
    for difference in heads_that_differ(session):
        stream = (difference.kind, difference.identity)
        if difference.owner is None:
            yield Finding("owner_gone", *stream, difference.entries)
        elif difference.owner > difference.entries:
            present, sealed = wanted.get(stream, (difference.entries, 0))
            wanted[stream] = (present, max(sealed, difference.owner))
        elif stream not in wanted:
            yield Finding("head_changed", *stream, difference.entries, difference.owner)
    for stream, (present, needed) in sorted(wanted.items()):
        yield Finding("cut" if present else "dropped", *stream, present, needed)
