"""Key files."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.keys import is_signed, seal_key
from audit.vault import KEY_FILE, Vault, read_or_make_key


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first, second = Vault.open(tmp_path / "keys"), Vault.open(tmp_path / "keys")
    assert first == second
    assert (tmp_path / "keys" / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "keys").iterdir()] == [KEY_FILE]


def test_a_key_never_shows_in_a_message() -> None:
    assert "kkkk" not in repr(Vault(b"k" * 32))


def test_a_broken_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(ValueError, match="32 bytes"):
        read_or_make_key(tmp_path / KEY_FILE)


def test_only_the_right_key_and_statement_pass_the_signature(tmp_path: Path) -> None:
    key, other = seal_key(tmp_path / "one"), seal_key(tmp_path / "two")
    signature = key.sign(b"statement")
    assert is_signed(key.public_key(), signature, b"statement")
    assert not is_signed(key.public_key(), signature, b"other")
    assert not is_signed(other.public_key(), signature, b"statement")
