"""Chaining: what an entry's hash covers, and what it leaves open to erasure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.chain import NO_HEAD, Entry, chain, digest, entry_hash, place, read_details
from audit.vault import Vault, VaultIsClosed

VAULT = Vault(b"k" * 32)
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 6, UTC)
ENTRY = Entry(
    stream_kind="regions",
    stream_id="110000",
    actor_id=UUID(int=1),
    address="10.0.0.1",
    action="region.create",
    object_type="regions",
    object_id="110000",
    effective_at=MOMENT,
    recorded_at=MOMENT,
    details={"after": {"name": "甲区", "at": MOMENT, "id": UUID(int=2)}},
)
OTHERS: dict[str, Any] = {
    "stream_kind": "users",
    "stream_id": "120000",
    "sequence": 2,
    "actor_id": None,
    "address": None,
    "action": "region.rename",
    "result": "refused",
    "object_type": "users",
    "object_id": "120000",
    "effective_at": MOMENT + timedelta(microseconds=1),
    "recorded_at": MOMENT + timedelta(microseconds=1),
    "digest": b"other",
}


def test_the_head_moves_on_with_every_entry() -> None:
    first, head = chain(NO_HEAD, ENTRY, VAULT)
    second, last = chain(head, ENTRY, VAULT)
    assert (first["sequence"], second["sequence"], last.sequence) == (1, 2, 2)
    assert (head.hash, last.hash) == (first["hash"], second["hash"])
    assert entry_hash(first["hash"], second) == second["hash"]


@pytest.mark.parametrize("column", sorted(OTHERS))
def test_the_hash_covers_every_column_but_itself_the_id_and_the_details(column: str) -> None:
    row, _ = chain(NO_HEAD, ENTRY, VAULT)
    assert set(OTHERS) | {"hash", "details"} == set(row)
    assert entry_hash(b"", {**row, column: OTHERS[column]}) != row["hash"]


def test_the_hash_covers_the_hash_before_it() -> None:
    row, _ = chain(NO_HEAD, ENTRY, VAULT)
    assert entry_hash(b"x", row) != entry_hash(b"", row)


def test_the_zone_in_which_an_instant_is_written_does_not_matter() -> None:
    row, _ = chain(NO_HEAD, ENTRY, VAULT)
    beijing = MOMENT.astimezone(timezone(timedelta(hours=8)))
    assert entry_hash(b"", {**row, "effective_at": beijing, "recorded_at": beijing}) == row["hash"]


def test_the_same_details_never_have_the_same_digest() -> None:
    digests = {chain(NO_HEAD, ENTRY, VAULT)[0]["digest"] for _ in range(20)}
    assert len(digests) == 20


def test_details_are_read_back_and_fit_their_digest() -> None:
    row, _ = chain(NO_HEAD, ENTRY, VAULT)
    assert "甲区".encode() not in row["details"]
    after = {"name": "甲区", "at": "2026-01-02T03:04:05.000006+00:00", "id": str(UUID(int=2))}
    assert read_details(row, VAULT) == {"after": after}
    assert digest(VAULT.unlock(row["details"], place(row))) == row["digest"]


def test_details_open_only_with_the_key_and_at_their_place() -> None:
    row, _ = chain(NO_HEAD, ENTRY, VAULT)
    with pytest.raises(VaultIsClosed):
        read_details(row, Vault(b"o" * 32))
    with pytest.raises(VaultIsClosed):
        read_details({**row, "sequence": 2}, VAULT)
    with pytest.raises(VaultIsClosed):
        read_details({**row, "details": row["details"][:20]}, VAULT)


@given(st.dictionaries(st.text(max_size=5), st.integers(-(2**53), 2**53) | st.text(max_size=5), max_size=5))
def test_any_details_come_back_whole(details: dict[str, Any]) -> None:
    row, _ = chain(NO_HEAD, replace(ENTRY, details=details), VAULT)
    assert read_details(row, VAULT) == details
