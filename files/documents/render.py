"""Sets a document as PDF/A with typst: fonts from a package, data as JSON, nothing of the machine."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from threading import Lock
from typing import Any

import orjson
import pylopdf_fonts_zh_cn
import structlog
import typst

from files.documents.kinds import TEMPLATES

_ONE_AT_A_TIME = Lock()

log = structlog.get_logger(__name__)


@cache
def _compiler() -> typst.Compiler:
    """One a process: it has the fonts loaded."""
    folder = str(pylopdf_fonts_zh_cn.sans_path().parent)
    return typst.Compiler(root=str(TEMPLATES), font_paths=[folder], ignore_system_fonts=True)


def render(kind: str, paper: dict[str, Any], issued_at: datetime) -> bytes:
    """The PDF of a document; ``paper`` holds title, number, issued_on (in Chinese) and data. Same in, same out.

    A letter that the fonts do not have shows as a box, and the PDF is then no PDF/A.
    """
    try:
        return _compile(kind, paper, issued_at, ["a-2u"])
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        log.warning("letter missing in the fonts", kind=kind, reason=error.message)
        return _compile(kind, paper, issued_at, [])


def _compile(kind: str, paper: dict[str, Any], issued_at: datetime, standards: list[Any]) -> bytes:
    with _ONE_AT_A_TIME:
        made = _compiler().compile(
            str(TEMPLATES / f"{kind}.typ"),
            format="pdf",
            sys_inputs={"paper": orjson.dumps(paper).decode()},
            timestamp=int(issued_at.timestamp()),
            pdf_standards=standards,
        )
    assert isinstance(made, bytes)
    return made
