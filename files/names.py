"""The names that people give to files, made harmless."""

from __future__ import annotations

import unicodedata
from pathlib import PurePath

from errors import Invalid

LONGEST = 180


def clean_name(given: str) -> str:
    """The last part of ``given`` without control characters, and without those that turn text around.

    Raises ``Invalid`` when nothing is left of it, or it is too long.
    """
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in last if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    name = unicodedata.normalize("NFC", kept).strip(" .")
    if not PurePath(name).stem:
        raise Invalid("file_name_missing", "文件没有名称，请起一个带扩展名的名称后再上传。", field="file")
    if len(name) > LONGEST:
        raise Invalid("file_name_long", f"文件名超过 {LONGEST} 个字，请改短后再上传。", field="file")
    return name
