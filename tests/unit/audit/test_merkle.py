"""The Merkle root."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from audit.chain import canonical
from audit.merkle import MerkleTree


def root(leaves: list[tuple[str, str, int, bytes]]) -> bytes:
    tree = MerkleTree()
    for leaf in leaves:
        tree.add(*leaf)
    return tree.root


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, as it is written."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


@given(st.integers(0, 70))
def test_the_root_is_the_one_of_the_definition(count: int) -> None:
    leaves = [("regions", str(number), number, bytes([number])) for number in range(count)]
    spelled = [canonical([kind, key, sequence, head.hex()]) for kind, key, sequence, head in leaves]
    assert root(leaves) == by_definition(spelled)


def test_the_root_depends_on_the_order() -> None:
    leaves = [("regions", str(number), 1, b"h") for number in range(3)]
    assert root(leaves) != root(leaves[::-1])
