"""Every tag of a feature file is a marker of pytest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from features.selection import current

_TAGS = re.compile(r"^\s*(@.+)$", re.MULTILINE)


def pytest_configure(config: pytest.Config) -> None:
    """Register the tags, so that a misspelt one in Python is still an error."""
    chosen = map(Path, current().paths)
    for path in (file for place in chosen for file in ([place] if place.is_file() else place.rglob("*.feature"))):
        for line in _TAGS.findall(path.read_text(encoding="utf-8")):
            for tag in line.split():
                config.addinivalue_line("markers", f"{tag.lstrip('@')}: {path.name}")
