r"""What a text of a person may hold: nothing that hides, nothing that turns others' words around, something to see.

The sets are written as in a character class that Python and ECMAScript read alike: the API shows them to its clients.
"""

from __future__ import annotations

import re

CONTROLS = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
DIRECTIONS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
LINES = r"\t\n\r\u2028\u2029"
SPACES = r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
WITHOUT_WIDTH = r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f"
FILLERS = r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
UNSEEN = LINES + SPACES + WITHOUT_WIDTH + FILLERS


def pattern(*, lines: bool, empty: bool = False) -> str:
    """What a whole text must match: ``lines`` allows line breaks and tabs, ``empty`` that there is nothing to see."""
    refused = CONTROLS + DIRECTIONS + ("" if lines else LINES)
    unseen = UNSEEN if lines else UNSEEN.removeprefix(LINES)
    # what is not seen comes first and is told apart by its class alone: no text makes the match go back
    return f"[^{refused}]*" if empty else f"[{unseen}]*[^{refused}{unseen}][^{refused}]*"


# half a character can be in no text that came as UTF-8, and a pattern with it would refuse rare names in JavaScript
_REFUSED = {
    lines: re.compile(rf"[{CONTROLS}{DIRECTIONS}\ud800-\udfff{'' if lines else LINES}]") for lines in (True, False)
}
_SEEN = re.compile(f"[^{CONTROLS}{DIRECTIONS}{UNSEEN}]")


def fault(text: str, *, lines: bool, empty: bool = False) -> str | None:
    """Why ``text`` does not match ``pattern(...)``, as the end of a Chinese sentence; None when it does."""
    found = _REFUSED[lines].search(text)
    if found is not None:
        return _name(found.group())
    return None if empty or _SEEN.search(text) else "不能为空，也不能只有空白或看不见的字符。"


def _name(letter: str) -> str:
    if re.match(f"[{LINES}]", letter):
        return "只能写一行，不能含有换行或制表符，请删去。"
    kind = "改变文字方向的" if re.match(f"[{DIRECTIONS}]", letter) else ""
    return f"不能含有{kind}控制符（U+{ord(letter):04X}），请删去。"
