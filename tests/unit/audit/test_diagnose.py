"""Naming what was done to one stream."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.chain import NO_HEAD, Entry, chain
from audit.diagnose import diagnose
from audit.findings import SENTENCES, Finding
from audit.vault import Vault

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
VAULT = Vault(b"k" * 32)


def stream(length: int) -> list[dict[str, Any]]:
    entries, head = [], NO_HEAD
    for number in range(length):
        entry = Entry("regions", "1", f"action.{number}", "regions", "1", MOMENT, MOMENT)
        row, head = chain(head, entry, VAULT)
        entries.append(row)
    return entries


def codes(entries: list[dict[str, Any]], length: int | None) -> set[str]:
    return {finding.code for finding in diagnose("regions", "1", entries, length)}


@given(st.integers(0, 30))
def test_an_untouched_stream_has_no_finding(length: int) -> None:
    assert codes(stream(length), length) == set()


@given(st.integers(0, 29))
def test_one_changed_entry_is_named_wherever_it_stands(index: int) -> None:
    entries = stream(30)
    entries[index]["action"] = "other"
    assert list(diagnose("regions", "1", entries, 30)) == [Finding("changed", "regions", "1", index + 1)]


@given(st.integers(0, 27), st.integers(1, 8))
def test_one_gap_is_named_wherever_it_is(start: int, size: int) -> None:
    entries = stream(40)
    del entries[start : start + size]
    expected = [Finding("removed", "regions", "1", start + 1, start + size)]
    assert list(diagnose("regions", "1", entries, 40)) == expected


@given(st.lists(st.integers(0, 11), min_size=2, max_size=2, unique=True))
def test_two_exchanged_entries_are_named(pair: list[int]) -> None:
    entries = stream(12)
    first, second = pair
    entries[first]["sequence"], entries[second]["sequence"] = second + 1, first + 1
    entries.sort(key=lambda entry: entry["sequence"])
    found = set(diagnose("regions", "1", entries, 12))
    assert {finding.code for finding in found} == {"reordered"}
    assert {first + 1, second + 1} <= {finding.sequence for finding in found}


@given(st.integers(0, 12))
def test_one_inserted_entry_is_named_and_those_it_pushed_along_are_not(index: int) -> None:
    entries = stream(12)
    stranger = {**entries[0], "hash": b"forged", "action": "forged"}
    entries.insert(index, stranger)
    for number, entry in enumerate(entries, 1):
        entry["sequence"] = number
    assert list(diagnose("regions", "1", entries, 12)) == [Finding("inserted", "regions", "1", index + 1)]


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_finding_has_a_sentence_that_names_its_place(code: str) -> None:
    assert "7" in Finding(code, "regions", "1", 7, 7).sentence
