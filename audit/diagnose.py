"""Names what was done to a stream whose links do not hold: changed, removed, inserted or reordered. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from audit.chain import FIRST, entry_hash
from audit.findings import Finding

LOOK_AHEAD = 50  # how far an entry is sought that stands elsewhere than it was written, and how long a gap may be

Entry = Mapping[str, Any]


def diagnose(kind: str, identity: str, entries: Sequence[Entry], length: int | None) -> Iterator[Finding]:
    """The findings of one stream, whose entries come in the order of their stored sequence.

    ``length`` is how many entries the row that heads the stream says there are, None when that row is gone. An entry
    carries a hash made from its content, its number and the hash before it. So the chain is laid again from its
    beginning: whatever fits next is put next, wherever it stands; what fits nowhere is a stranger.
    """
    pool, laid = list(entries), list[tuple[int, int]]()
    number, previous = 1, FIRST
    while pool:
        index, follows = _fitting(pool, number, previous), None
        if index is None and _only_its_hash_is_wrong(pool, number, previous):
            index, follows = 0, entry_hash(previous, {**pool[0], "sequence": number})
            yield Finding("changed", kind, identity, pool[0]["sequence"])
        elif index is None:
            index, gap = _best(pool, number)
            entry = pool[index]
            if length is not None and number + gap > length:
                break
            if gap:
                yield Finding("removed", kind, identity, number, number + gap - 1)
                number += gap
            else:
                yield Finding("changed", kind, identity, entry["sequence"])
        entry = pool.pop(index)
        laid.append((number, entry["sequence"]))
        number, previous = number + 1, follows or entry["hash"]
    for stranger in pool:
        yield Finding("inserted", kind, identity, stranger["sequence"])
    stored = [sequence for _, sequence in laid]
    if stored != sorted(stored):  # still in order, with other numbers: only pushed along by an insertion or a removal
        for number, sequence in laid:
            if number != sequence:
                yield Finding("reordered", kind, identity, sequence)


def fits(entry: Entry, number: int, previous: bytes) -> bool:
    """Whether the entry was written as this number after this hash."""
    written: bytes = entry["hash"]
    return entry_hash(previous, {**entry, "sequence": number}) == written


def _fitting(pool: Sequence[Entry], number: int, previous: bytes) -> int | None:
    near = range(min(LOOK_AHEAD, len(pool)))
    return next((index for index in near if fits(pool[index], number, previous)), None)


def _only_its_hash_is_wrong(pool: Sequence[Entry], number: int, previous: bytes) -> bool:
    """Whether what comes next follows from the first entry's content, though not from the hash that it carries."""
    return _fitting(pool[1:], number + 1, entry_hash(previous, {**pool[0], "sequence": number})) is not None


def _best(pool: Sequence[Entry], number: int) -> tuple[int, int]:
    """Where nothing fits: the entry to go on with (its index), and how many are missing before it.

    The entry is right if its successor follows from its hash; the number under which it does says how many are gone.
    """
    for index in range(min(LOOK_AHEAD, len(pool) - 1)):
        for gap in range(LOOK_AHEAD):
            if _fitting(pool[index + 1 :], number + gap + 1, pool[index]["hash"]) is not None:
                return index, gap
    return 0, max(0, pool[0]["sequence"] - number)
