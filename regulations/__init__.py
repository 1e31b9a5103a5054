"""The five regulations and their clauses, each with what the software must do, as data.

``clauses.toml`` lists the clauses, ``<region>.md`` holds the texts. A refusal quotes the sentence of its clause; the
clause gate counts which clauses the specifications show.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
_ARTICLE = re.compile(r"^### (?P<id>[a-z]+-\d+) (?P<title>\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Clause:
    """One demand of a regulation.

    ``kind`` is ``software`` (the software must do it), ``support`` (a duty of people that the software supports) or
    ``context`` (nothing to build); ``must`` says what the software must do; ``article`` is the article's text and
    ``quote`` the sentence of it that a refusal cites.
    """

    id: str
    region: str
    kind: str
    capability: str | None
    must: str
    article: str
    quote: str

    @property
    def needs_scenario(self) -> bool:
        """Whether a passing scenario must show this clause."""
        return self.kind != "context"


def _articles(region: str) -> dict[str, str]:
    """The articles of a region's regulation by id (``beizhen-4``), text without the heading."""
    text = re.sub(r"^## .*$", "", (FOLDER / f"{region}.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    pieces = _ARTICLE.split(text)
    return {pieces[at]: pieces[at + 2].strip() for at in range(1, len(pieces), 3)}


@cache
def load_clauses() -> Mapping[str, Clause]:
    """All clauses by id, in the order of the regulations."""
    rows = tomllib.loads((FOLDER / "clauses.toml").read_text(encoding="utf-8"))["clause"]
    articles = {region: _articles(region) for region in dict.fromkeys(row["region"] for row in rows)}
    return {row["id"]: _clause(row, articles[row["region"]]) for row in rows}


def _clause(row: Mapping[str, str], articles: Mapping[str, str]) -> Clause:
    """One row with the text of its article: ``beizhen-4-2-1a`` belongs to ``beizhen-4``."""
    article_id = "-".join(row["id"].split("-")[:2]).rstrip("abcdefghijklmnopqrstuvwxyz")
    article = articles[article_id]
    return Clause(
        id=row["id"],
        region=row["region"],
        kind=row["kind"],
        capability=row.get("capability"),
        must=row["must"],
        article=article,
        quote=row.get("quote", article),
    )
