"""The store in a folder: written beside, synchronised, then renamed, so that no reader ever meets half a file."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from files.errors import StorageFull, TooLarge
from files.store import CHUNK, Content, Damaged, Missing

INCOMING = "incoming"
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
        if not target.is_file() or target.stat().st_size != content.size:
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

    def path(self, sha256: str) -> Path:
        """Where the content of a digest lies."""
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def _clean(self, now: float) -> None:
        """Drop what uploads left that died; ``now`` is the clock of the disk, by which their ages are told."""
        for path in self._incoming.iterdir():
            with suppress(FileNotFoundError):
                if now - path.stat().st_mtime > ABANDONED_SECONDS:
                    path.unlink()


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
