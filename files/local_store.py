"""The store in a folder: written beside, synchronised, then renamed, so that no reader ever meets half a file."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from files.errors import StorageFull, TooLarge
from files.store import CHUNK, Content, Damaged, Missing

INCOMING, ASIDE = "incoming", "aside"
UNUSED_SECONDS = 24 * 3600  # no transaction takes so long: content without a row by then never gets one
ABANDONED_SECONDS = 3600  # nobody writes so slowly: whoever began this upload is gone
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def room() -> Iterator[None]:
    """Say that the disk is full in words."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull from error
        raise


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class LocalIncoming:
    """A file in the folder ``incoming`` that becomes content when it is kept."""

    def __init__(self, store: LocalStore, path: Path, file: BinaryIO, most: int) -> None:
        self.path = path
        self._store = store
        self._file = file
        self._most = most
        self._digest = hashlib.sha256()
        self._size = 0

    @property
    def content(self) -> Content:
        """Digest and length of what was written so far."""
        return Content(self._digest.hexdigest(), self._size)

    def write(self, chunk: bytes) -> None:
        """Append to the file; raises ``StorageFull`` and ``TooLarge``."""
        self._size += len(chunk)
        if self._size > self._most:
            raise TooLarge(self._most)
        self._digest.update(chunk)
        with room():
            self._file.write(chunk)

    @contextmanager
    def read(self) -> Iterator[BinaryIO]:
        """The file as it is now, from its beginning."""
        with room():
            self._file.flush()
        with self.path.open("rb") as opened:
            yield opened

    def keep(self) -> Content:
        """Synchronise, rename to the digest, synchronise the folders; content that is there already is left alone."""
        content = self.content
        with room():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._store.adopt(self.path, content)
        return content


class LocalStore:
    """A folder with the content in ``ab/cd/abcd...``, named by its digest, two levels deep."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._incoming = folder / INCOMING

    @contextmanager
    def receive(self, most: int) -> Iterator[LocalIncoming]:
        """A new file in ``incoming``, gone at the end of the block unless it was kept; older orphans go too."""
        path = self._incoming / uuid4().hex
        with room():
            self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = path.open("xb")
        try:
            os.chmod(path, 0o600)
            self._clean(os.fstat(file.fileno()).st_mtime)
            yield LocalIncoming(self, path, file, most)
        finally:
            with suppress(OSError):
                file.close()
            path.unlink(missing_ok=True)

    def adopt(self, path: Path, content: Content) -> None:
        """Give a synchronised file its place."""
        target = self.path(content.sha256)
        if not _renewed(target, content.size):
            for folder in (target.parent.parent, target.parent):
                if not folder.is_dir():
                    folder.mkdir(exist_ok=True, mode=0o700)
                    sync_folder(folder.parent)
            os.replace(path, target)
        sync_folder(target.parent)  # also when another has just put it there: his folder may not be synchronised yet

    def read(self, content: Content) -> Iterator[bytes]:
        """The content in chunks; raises ``Missing`` at once and ``Damaged`` before the last chunk."""
        path = self.path(content.sha256)
        if not path.is_file():
            raise Missing(content.sha256)
        return _checked(path, content)

    def sweep(self, section: int, known: Callable[[list[str]], Collection[str]]) -> int:
        """Drop old content of one of the ``SECTIONS`` that nothing refers to; how many files.

        ``known`` says which of some digests the database refers to now. What is kept anew meanwhile stays: content is
        put aside first, and comes back if it has become young or known by then; so does what a sweep that died left.
        """
        with self._sweeping() as aside:
            return self._sweep(section, known, aside) if aside else 0

    @contextmanager
    def _sweeping(self) -> Iterator[Path | None]:
        """The folder for what is put aside, held by a lock; None while somebody else holds it."""
        aside = self.folder / ASIDE
        with room():
            aside.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(aside, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield aside if _locked(descriptor) else None
        finally:
            os.close(descriptor)

    def _sweep(self, section: int, known: Callable[[list[str]], Collection[str]], aside: Path) -> int:
        with self.receive(0) as probe:
            before = probe.path.stat().st_mtime - UNUSED_SECONDS
        dropped = self._settle(sorted(aside.iterdir()), before, known)
        for folder in sorted((self.folder / f"{section:02x}").glob("[0-9a-f][0-9a-f]")):
            old = [path for path in folder.iterdir() if path.stat().st_mtime < before]
            referred_to = known([path.name for path in old]) if old else ()
            unused = [path for path in old if path.name not in referred_to]
            for path in unused:
                os.replace(path, aside / path.name)
            dropped += self._settle([aside / path.name for path in unused], before, known)
        return dropped

    def _settle(self, aside: list[Path], before: float, known: Callable[[list[str]], Collection[str]]) -> int:
        """Put back what is young or known, drop the rest; how many files."""
        young = {path.name for path in aside if path.stat().st_mtime >= before}
        stays = {*young, *known([path.name for path in aside])} if aside else young
        for path in aside:
            if path.name in stays:
                os.replace(path, self.path(path.name))
                sync_folder(self.path(path.name).parent)
            else:
                path.unlink()
        return len(aside) - len(stays)

    def path(self, sha256: str) -> Path:
        """Where the content of a digest lies."""
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def _clean(self, now: float) -> None:
        """Drop what uploads left that died; ``now`` is the clock of the disk, by which their ages are told."""
        for path in self._incoming.iterdir():
            with suppress(FileNotFoundError):
                if now - path.stat().st_mtime > ABANDONED_SECONDS:
                    path.unlink()


def _locked(descriptor: int) -> bool:
    """Lock, unless somebody else has; until the descriptor is closed."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _renewed(target: Path, size: int) -> bool:
    """Whether the content is there whole; it is young again, so that no sweep takes it before its row is written."""
    try:
        os.utime(target)
        return target.stat().st_size == size
    except FileNotFoundError:
        return False


def _checked(path: Path, content: Content) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if size >= content.size and (size > content.size or digest.hexdigest() != content.sha256):
                raise Damaged(content.sha256)
            yield chunk
    if size < content.size:
        raise Damaged(content.sha256)
