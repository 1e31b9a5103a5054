"""Looks into files that hold other files, without unpacking them and within bounds."""

from __future__ import annotations

import os
import re
import struct
import zipfile
from typing import BinaryIO

from files.store import CHUNK

END = struct.Struct("<4s4H2LH")  # end of central directory, APPNOTE 4.3.16
END_MARK = b"PK\x05\x06"
LONGEST_COMMENT = 65_535
MOST_ENTRIES = 10_000
LARGEST_DIRECTORY = 4 * 1024**2
MACRO_STREAMS = ("_VBA_PROJECT".encode("utf-16-le"), "Macros".encode("utf-16-le"))
PROGRAM_ENDINGS = (
    *(".exe", ".dll", ".com", ".scr", ".msi", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jse", ".wsf", ".hta", ".jar"),
    *(".lnk", ".sh", ".py", ".html", ".htm", ".svg", ".xhtml", ".mht", ".chm", ".app", ".apk"),
)


class Unreadable(Exception):
    """The file is damaged, or larger inside than is looked at; the text says it in Chinese."""


def zip_names(file: BinaryIO) -> list[str]:
    """The names in a ZIP file; raises ``Unreadable``."""
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise Unreadable("压缩包已损坏") from error


def _check_directory(file: BinaryIO) -> None:
    """Refuse a directory that would fill the memory before it is read."""
    size = file.seek(0, os.SEEK_END)
    tail_size = min(size, END.size + LONGEST_COMMENT)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    file.seek(0)
    at = tail.rfind(END_MARK)
    if at < 0 or len(tail) - at < END.size:
        raise Unreadable("压缩包已损坏")
    _, _, _, _, entries, length, _, _ = END.unpack_from(tail, at)
    if entries > MOST_ENTRIES or length > LARGEST_DIRECTORY:
        raise Unreadable(f"压缩包里的文件超过 {MOST_ENTRIES} 个")


def mentions(file: BinaryIO, words: tuple[bytes, ...]) -> bool:
    """Whether any of the words occurs in the file, which is read in chunks."""
    file.seek(0)
    overlap, carried = max(map(len, words)) - 1, b""
    pattern = re.compile(b"|".join(map(re.escape, words)))  # one pass, however many words
    try:
        while chunk := file.read(CHUNK):
            window = carried + chunk
            if pattern.search(window):
                return True
            carried = window[-overlap:]
        return False
    finally:
        file.seek(0)
