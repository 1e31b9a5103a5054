"""The releases that passed all their scenarios with this version of the platform: a reviewed file in the checkout."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from processes.loader import PACKS
from processes.release import Release

FILE = PACKS / "accepted.toml"
HEAD = """\
# 用本版本的平台通过了全部条文场景的发布：地区 = 内容编号。
# 由 ./bl clauses 在全部通过后写入，随改动一起提交、审阅；首次发布这个内容时不必再验证。

"""


def is_accepted(release: Release, file: Path | None = None) -> bool:
    """Whether this content passed."""
    return _read(file or FILE).get(release.clauses) == release.id


def accept(release: Release, file: Path | None = None) -> None:
    """Write down that this content passed, in the place of the one before it."""
    file = file or FILE
    known = _read(file)
    lines = [f'{region} = "{content}"\n' for region, content in sorted({**known, release.clauses: release.id}.items())]
    file.write_text(HEAD + "".join(lines), encoding="utf-8")


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
