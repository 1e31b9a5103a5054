"""The port of the content store: bytes under their SHA-256, kept once and never changed.

A store travels with the session (``session.info``), as the audit vault does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, NamedTuple, Protocol

from sqlalchemy.orm import Session

STORE = "store"
CHUNK = 256 * 1024
SECTIONS = 256  # parts of a store that are swept one at a time


class Content(NamedTuple):
    """What the store holds: the digest in hexadecimal and the length in bytes."""

    sha256: str
    size: int


class Incoming(Protocol):
    """Content on its way in; it is dropped at the end of the block unless it was kept."""

    def write(self, chunk: bytes) -> None:
        """Append; raises ``StorageFull``, and ``TooLarge`` past the length that the store takes."""

    @property
    def content(self) -> Content:
        """Digest and length of what was written so far."""

    def read(self) -> AbstractContextManager[BinaryIO]:
        """Look at what was written, to tell its type and to scan it."""

    def keep(self) -> Content:
        """Keep the content; when this returns, it survives a loss of power. Raises ``StorageFull``."""


class Store(Protocol):
    """Where content lies: a local folder, or what a city shares between its hosts."""

    def receive(self, most: int) -> AbstractContextManager[Incoming]:
        """Take in content of at most ``most`` bytes."""

    def read(self, content: Content) -> Iterator[bytes]:
        """The content in chunks; raises ``Damaged`` before the last one when it is not what was kept.

        Raises ``Missing`` at once when there is none.
        """

    def sweep(self, section: int, known: Callable[[list[str]], Collection[str]]) -> int:
        """Drop what is old in one of the ``SECTIONS`` and not ``known`` to the database; how many contents."""


class Missing(Exception):
    """The store has lost content that the database knows."""


class Damaged(Exception):
    """The content is no longer what was kept."""


def store_of(session: Session) -> Store:
    """The store that the session factory was given as ``info={STORE: store}``."""
    store: Store = session.info[STORE]
    return store
