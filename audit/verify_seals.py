"""Verification of the seals: none missing, none changed, each after the one before, and the root file agrees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audit.findings import Finding
from audit.keys import is_signed
from audit.merkle import MerkleTree
from audit.models import AuditSeal
from audit.seal import root_line, seal_hash, statement

BATCH = 2_000
HEADS = text("""
    SELECT seal_number, stream_kind, stream_id, sequence, hash FROM audit_seal_heads
    ORDER BY seal_number, stream_kind, stream_id
""")


def verify_seals(session: Session, key: Ed25519PublicKey, root_file: Path, length: int) -> tuple[int, list[Finding]]:
    """How many seals there are, and what is wrong with them.

    ``length`` is that of the root file in bytes before the session's snapshot was taken: what a sealer wrote since is
    no trace of a seal that was removed.
    """
    trees = _trees(session)
    lines = _lines(root_file)
    tree, line = next(trees, None), next(lines, None)
    number, previous, published, count = 0, b"", 0, 0
    findings = list[Finding]()
    for row in session.execute(select(AuditSeal.__table__).order_by(AuditSeal.number)).yield_per(BATCH):
        count += 1
        if row.number > number + 1:
            findings.append(Finding("seal_removed", sequence=number + 1, until=row.number - 1))
        elif row.previous != previous:
            findings.append(Finding("seal_order", sequence=row.number))
        if not is_signed(key, row.signature, statement(row)):
            findings.append(Finding("seal_changed", sequence=row.number))
        while tree is not None and tree[0] < row.number:
            tree = next(trees, None)
        found = tree[1] if tree is not None and tree[0] == row.number else MerkleTree()
        if (found.root, found.count) != (row.root, row.heads):
            findings.append(Finding("seal_heads", sequence=row.number))
        while line is not None and line.number < row.number:
            line = next(lines, None)
        if line is not None:
            published = row.number
            if line.content != root_line(row):  # also when the line of this seal is missing and a later one is there
                findings.append(Finding("root_file", sequence=row.number))
        number, previous = row.number, seal_hash(row)
    rest = [*([line] if line else []), *lines]
    last_known = max((line.number for line in rest if line.end <= length), default=0)
    if last_known > number:
        findings.append(Finding("seal_removed", sequence=number + 1, until=last_known))
    last_line = max((line.number for line in rest), default=0)
    if number - max(published, last_line) > 1:  # the newest seal may be on its way to the file
        findings.append(Finding("root_file_removed", sequence=published, until=number))
    return count, findings


def _trees(session: Session) -> Iterator[tuple[int, MerkleTree]]:
    """The Merkle tree of each seal, from the heads that the database holds for it."""
    number, tree = 0, MerkleTree()
    for row in session.execute(HEADS, execution_options={"yield_per": BATCH}):
        if row.seal_number != number:
            if tree.count:
                yield number, tree
            number, tree = row.seal_number, MerkleTree()
        tree.add(row.stream_kind, row.stream_id, row.sequence, row.hash)
    if tree.count:
        yield number, tree


class _Line(NamedTuple):
    number: int
    content: bytes
    end: int


def length_of(root_file: Path) -> int:
    """The length of the root file in bytes, 0 where there is none."""
    return root_file.stat().st_size if root_file.exists() else 0


def _lines(root_file: Path) -> Iterator[_Line]:
    """The lines of the root file; what is no line of it is passed over, and its seal then misses one."""
    if not root_file.exists():
        return
    end = 0
    with root_file.open("rb") as file:
        for line in file:
            end += len(line)
            try:
                yield _Line(int(orjson.loads(line)["number"]), line, end)
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
                continue
