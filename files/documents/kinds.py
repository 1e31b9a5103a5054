"""The kinds of document, as ``kinds.toml`` and the templates describe them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

TEMPLATES = Path(__file__).with_name("templates")
EVERY_DOCUMENT = (
    *("region", "issuer", "applicant", "project", "project_code", "engineering", "stage", "stage_case_number"),
)
EVERY_ITEM = ("item", "item_code", "item_case_number")


class Kind(NamedTuple):
    """A kind of document: title, the word of its numbers, and the names that its data must hold."""

    name: str
    title: str
    word: str
    of_item: bool
    facts: tuple[str, ...]

    def number(self, year: int, number: int) -> str:
        """A number as it is written: ``策报〔2026〕12号``."""
        return f"{self.word}〔{year}〕{number}号"

    def check(self, data: Mapping[str, Any]) -> None:
        """Raise ``ValueError`` when the data is not what the template shows: a mistake of whoever issues."""
        if set(data) != set(self.facts):
            raise ValueError(
                f"{self.name}: missing {set(self.facts) - set(data)}, unknown {set(data) - set(self.facts)}"
            )


def load_kinds(folder: Path = TEMPLATES.parent) -> dict[str, Kind]:
    """Read the kinds; raises ``KeyError`` for a table without its parts."""
    tables = tomllib.loads((folder / "kinds.toml").read_text(encoding="utf-8"))
    return {
        name: Kind(
            name,
            table["title"],
            table["word"],
            table.get("item", False),
            (*EVERY_DOCUMENT, *(EVERY_ITEM if table.get("item") else ()), *table["facts"]),
        )
        for name, table in tables.items()
    }


KINDS = load_kinds()
