"""The accounts of the demonstration region: random passwords in a file that only its owner may read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "demo-accounts.json"


@dataclass(frozen=True, slots=True)
class Account:
    """How to sign in as a person; ``organisation`` and ``post`` are names for people."""

    username: str
    password: str
    name: str
    organisation: str
    post: str


def write_accounts(folder: Path, accounts: Iterable[Account]) -> Path:
    """Write the accounts durably, readable by the owner alone; returns the file."""
    path, fresh = folder / FILE, folder / f".{FILE}.new"
    text = json.dumps([asdict(account) for account in accounts], ensure_ascii=False, indent=1)
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
    return path


def read_accounts(folder: Path) -> Mapping[str, Account]:
    """The accounts by user name; raises ``FileNotFoundError`` where no demonstration region was installed.

    A file that ``write_accounts`` did not write raises ``ValueError``.
    """
    try:
        rows = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return {row["username"]: Account(**row) for row in rows}
    except (KeyError, TypeError) as error:
        raise ValueError(f"{FILE} 的内容不对：{error}") from error
