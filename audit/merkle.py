"""Merkle root over a stream of leaves (RFC 9162, section 2.1.1), in memory that grows with its logarithm. Pure."""

from __future__ import annotations

import hashlib

from audit.chain import canonical

LEAF, NODE = b"\x00", b"\x01"


class MerkleTree:
    """Add leaves in order, then read ``root``."""

    def __init__(self) -> None:
        self.count = 0
        self._peaks: list[tuple[int, bytes]] = []  # (number of leaves below, hash), largest first

    def add(self, stream_kind: str, stream_id: str, sequence: int, head: bytes) -> None:
        """Add the head of a stream as the next leaf."""
        self.count += 1
        size, node = 1, _hash(LEAF, canonical([stream_kind, stream_id, sequence, head.hex()]))
        while self._peaks and self._peaks[-1][0] == size:
            _, left = self._peaks.pop()
            size, node = size * 2, _hash(NODE, left + node)
        self._peaks.append((size, node))

    @property
    def root(self) -> bytes:
        """The root over the leaves so far; of none, the hash of nothing."""
        if not self._peaks:
            return hashlib.sha256().digest()
        *rest, (_, node) = self._peaks
        for _, left in reversed(rest):
            node = _hash(NODE, left + node)
        return node


def _hash(domain: bytes, content: bytes) -> bytes:
    return hashlib.sha256(domain + content).digest()
