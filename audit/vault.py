"""Encrypts what an audit entry says, so that it can be erased while its digest, and the chain, stay.

Every entry has a data key of its own (AES-256-GCM), wrapped by the key of the platform's data folder. The database
alone therefore shows no content, and an erased entry cannot be guessed from its digest, for the salt goes with it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

KEY_FILE = "audit-details.key"
KEY_BYTES, NONCE_BYTES, WRAPPED_BYTES = 32, 12, 12 + 32 + 16
VAULT = "audit_vault"


class VaultIsClosed(Exception):
    """The details cannot be read: another key, or changed by somebody."""


@dataclass(frozen=True, slots=True)
class Vault:
    """Locks and unlocks details with one 32-byte key."""

    key: bytes = field(repr=False)
    _wrapper: AESGCM = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_wrapper", AESGCM(self.key))

    @classmethod
    def open(cls, folder: Path) -> Vault:
        """The vault of the data folder's ``keys``; its key is made on the first call (mode 0600, fsynced)."""
        return cls(read_or_make_key(folder / KEY_FILE))

    def lock(self, content: bytes, place: bytes) -> bytes:
        """Encrypt ``content``; it opens again only for the same ``place`` (stream and sequence)."""
        random = os.urandom(KEY_BYTES + 2 * NONCE_BYTES)
        data_key, outer, inner = random[:KEY_BYTES], random[KEY_BYTES:-NONCE_BYTES], random[-NONCE_BYTES:]
        wrapped = self._wrapper.encrypt(outer, data_key, place)
        return b"".join((outer, wrapped, inner, AESGCM(data_key).encrypt(inner, content, place)))

    def unlock(self, locked: bytes, place: bytes) -> bytes:
        """Decrypt; raises ``VaultIsClosed`` if the bytes, the place or the key are not the ones that locked."""
        wrapped, rest = locked[:WRAPPED_BYTES], locked[WRAPPED_BYTES:]
        try:
            data_key = self._wrapper.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], place)
            return AESGCM(data_key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], place)
        except (InvalidTag, ValueError) as error:
            raise VaultIsClosed("details cannot be opened") from error


def vault_of(session: Session) -> Vault:
    """The vault that the session factory was given as ``info={VAULT: vault}``; without one nothing can be audited."""
    vault = session.info[VAULT]
    assert isinstance(vault, Vault)
    return vault


def read_or_make_key(path: Path) -> bytes:
    """The 32 random bytes of a key file; made when missing, by whichever process is first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        making = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, os.urandom(KEY_BYTES))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        try:
            os.link(making, path)  # fails if another process was first: then its key counts
        except FileExistsError:
            pass
        finally:
            making.unlink()
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ValueError(f"{path}: a key has {KEY_BYTES} bytes, this file {len(key)}")
    return key
