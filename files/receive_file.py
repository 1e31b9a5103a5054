"""Accept what came into the store: tell its kind, scan it, keep it. Before any transaction: a client may be slow."""

from __future__ import annotations

from typing import NamedTuple

from errors import Invalid
from files.names import clean_name
from files.scanning import INFECTED, Scan, Scanner
from files.store import Content, Incoming
from files.types import tell


class Received(NamedTuple):
    """Content that is safely in the store and waits for its rows."""

    name: str
    content: Content
    media_type: str
    scan: Scan


def accept_file(incoming: Incoming, scanner: Scanner, name: str) -> Received:
    """Keep what was received under ``name``; when this returns, a loss of power cannot take it.

    Raises ``Invalid`` (kind, name, active or infected content), ``StorageFull`` and ``Busy`` (the scanner does not
    answer); then nothing is kept.
    """
    cleaned = clean_name(name)
    with incoming.read() as file:
        kind = tell(file, cleaned)
        file.seek(0)
        scan = scanner.scan(file)
    if scan.state == INFECTED:
        message = f"文件含有恶意代码（{scan.detail}），没有保存；请在本机查杀后重新生成文件。"
        raise Invalid("file_infected", message, field="file")
    return Received(cleaned, incoming.keep(), kind.media_type, scan)
