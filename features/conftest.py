"""Every tag of a feature file is a marker of pytest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_TAGS = re.compile(r"^\s*(@.+)$", re.MULTILINE)


def pytest_configure(config: pytest.Config) -> None:
    """Register the tags, so that a misspelt one in Python is still an error."""
    for path in Path(__file__).parent.rglob("*.feature"):
        for line in _TAGS.findall(path.read_text(encoding="utf-8")):
            for tag in line.split():
                config.addinivalue_line("markers", f"{tag.lstrip('@')}: {path.name}")
