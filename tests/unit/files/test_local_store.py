"""The store in a folder: durable before it says so, each content once, nothing half written."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from files import local_store
from files.errors import StorageFull, TooLarge
from files.local_store import ABANDONED_SECONDS, UNUSED_SECONDS, LocalStore
from files.store import CHUNK, SECTIONS, Content, Damaged, Missing


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "files")


def put(store: LocalStore, *chunks: bytes, most: int = 10_000_000) -> Content:
    """Keep the chunks."""
    with store.receive(most) as incoming:
        for chunk in chunks:
            incoming.write(chunk)
        return incoming.keep()


def kept(store: LocalStore) -> list[Path]:
    """Every file in the store's folder."""
    return sorted(path for path in store.folder.rglob("*") if path.is_file())


def test_content_lies_under_its_digest_and_reads_back(store: LocalStore) -> None:
    content = put(store, b"parallel ", b"approval")
    assert content == Content(hashlib.sha256(b"parallel approval").hexdigest(), 17)
    assert b"".join(store.read(content)) == b"parallel approval"
    assert kept(store) == [store.path(content.sha256)]


def test_the_same_content_is_kept_once(store: LocalStore) -> None:
    first = put(store, b"the same")
    before = store.path(first.sha256).stat().st_ino
    assert put(store, b"the ", b"same") == first
    assert store.path(first.sha256).stat().st_ino == before
    assert len(kept(store)) == 1


def test_what_is_not_kept_leaves_nothing(store: LocalStore) -> None:
    with store.receive(100) as incoming:
        incoming.write(b"changed my mind")
    with pytest.raises(TooLarge), store.receive(100) as incoming:
        incoming.write(b"the client is gone" * 100)
    assert kept(store) == []


def test_content_past_the_limit_is_refused_while_it_comes(store: LocalStore) -> None:
    with pytest.raises(TooLarge, match="上限"):
        put(store, b"x" * 60, b"x" * 60, most=100)
    assert kept(store) == []


def test_keep_returns_after_file_and_folder_are_synchronised(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    synchronise, replace = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        done.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")
        synchronise(descriptor)

    def rename(source: Any, target: Any) -> None:
        done.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", rename)
    put(store, b"durable")
    assert done == ["file", "folder", "folder", "rename", "folder"]


def test_content_that_somebody_else_keeps_meanwhile_is_synchronised_too(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = put(store, b"at once")
    folders: list[Path] = []
    monkeypatch.setattr(local_store, "sync_folder", folders.append)
    put(store, b"at once")
    assert folders == [store.path(content.sha256).parent]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_is_said_in_words_and_leaves_nothing(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    def full(*_: Any) -> None:
        raise OSError(number, "full")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(StorageFull, match="存储空间不足"):
        put(store, b"too much")
    assert kept(store) == []


def test_a_disk_that_fills_while_content_comes_leaves_nothing(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    with pytest.raises(StorageFull), open("/dev/full", "wb", buffering=0) as device:
        local_store.LocalIncoming(store, tmp_path / "none", device, 100).write(b"x")


def test_other_failures_of_the_disk_are_not_called_full(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="broken"):
        put(store, b"unlucky")


def test_orphans_of_dead_uploads_go_with_the_next_upload_and_running_ones_stay(store: LocalStore) -> None:
    with store.receive(100) as running:
        running.write(b"slow")
        orphan = store.folder / "incoming" / "0123"
        orphan.write_bytes(b"whoever wrote this is gone")
        old = orphan.stat().st_mtime - ABANDONED_SECONDS - 1
        os.utime(orphan, (old, old))
        put(store, b"another")
        assert not orphan.exists()
        assert running.path.exists()


def test_missing_content_is_said_at_once(store: LocalStore) -> None:
    with pytest.raises(Missing):
        store.read(Content("0" * 64, 1))


@pytest.mark.parametrize("change", ["shorter", "longer", "other"])
def test_damaged_content_is_never_handed_out_whole(store: LocalStore, change: str) -> None:
    content = put(store, b"a" * CHUNK, b"b" * 100)
    path = store.path(content.sha256)
    text = path.read_bytes()
    path.write_bytes({"shorter": text[:-1], "longer": text + b"!", "other": b"c" + text[1:]}[change])
    received: list[bytes] = []
    with pytest.raises(Damaged):
        received.extend(store.read(content))
    assert sum(map(len, received)) < content.size


def age(store: LocalStore, content: Content, seconds: float = UNUSED_SECONDS + 60) -> None:
    """Let content be older than it is."""
    then = store.path(content.sha256).stat().st_mtime - seconds
    os.utime(store.path(content.sha256), (then, then))


def section_of(content: Content) -> int:
    return int(content.sha256[:2], 16)


def nothing_known(digests: list[str]) -> set[str]:
    return set()


def test_old_content_that_nothing_refers_to_is_swept(store: LocalStore) -> None:
    content = put(store, b"left by a transaction that failed")
    age(store, content)

    assert store.sweep((section_of(content) + 1) % SECTIONS, nothing_known) == 0
    assert store.sweep(section_of(content), nothing_known) == 1
    assert kept(store) == []


def test_content_that_is_known_or_young_is_never_swept(store: LocalStore) -> None:
    content = put(store, b"known")
    assert store.sweep(section_of(content), nothing_known) == 0  # a transaction may just be writing its row
    age(store, content)
    assert store.sweep(section_of(content), set) == 0
    assert kept(store) == [store.path(content.sha256)]


@pytest.mark.parametrize("moment", [1, 2])
def test_content_that_is_kept_anew_during_a_sweep_stays(store: LocalStore, moment: int) -> None:
    content = put(store, b"twice")
    age(store, content)
    asked = 0

    def known(digests: list[str]) -> set[str]:
        nonlocal asked
        asked += 1
        if asked == moment:  # before it is put aside, and while it lies aside
            put(store, b"twice")
        return set()

    store.sweep(section_of(content), known)

    assert asked == 2
    assert b"".join(store.read(content)) == b"twice"


def test_content_that_becomes_known_during_a_sweep_comes_back(store: LocalStore) -> None:
    content = put(store, b"late")
    age(store, content)
    answers = iter([set[str](), {content.sha256}])

    assert store.sweep(section_of(content), lambda digests: next(answers)) == 0
    assert b"".join(store.read(content)) == b"late"


def test_what_a_sweep_that_died_put_aside_comes_back(store: LocalStore) -> None:
    content = put(store, b"aside")
    age(store, content)
    with pytest.raises(ConnectionError):
        store.sweep(section_of(content), _dies_at_the_second())
    assert not store.path(content.sha256).exists()

    store.sweep(0, set)

    assert b"".join(store.read(content)) == b"aside"


def test_one_sweeps_at_a_time(store: LocalStore) -> None:
    content = put(store, b"one")
    age(store, content)
    inner: list[int] = []

    def known(digests: list[str]) -> set[str]:
        inner.append(store.sweep(section_of(content), nothing_known))
        return set()

    assert store.sweep(section_of(content), known) == 1
    assert inner == [0, 0]


def _dies_at_the_second() -> Callable[[list[str]], set[str]]:
    answers = iter([set[str]()])

    def known(digests: list[str]) -> set[str]:
        try:
            return next(answers)
        except StopIteration:
            raise ConnectionError from None

    return known
