"""The sealing key: an Ed25519 key that lies in the data folder, never in the database."""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.vault import read_or_make_key

SEAL_KEY_FILE = "audit-seal.key"


def seal_key(folder: Path) -> Ed25519PrivateKey:
    """The key of the folder ``keys`` of the data folder; made on the first call. Every host needs the same file."""
    return Ed25519PrivateKey.from_private_bytes(read_or_make_key(folder / SEAL_KEY_FILE))


def is_signed(key: Ed25519PublicKey, signature: bytes, statement: bytes) -> bool:
    """Whether the signature over the statement was made with the key."""
    try:
        key.verify(signature, statement)
    except InvalidSignature:
        return False
    return True
