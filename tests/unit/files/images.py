"""Images as a scanner makes them."""

from __future__ import annotations

import io
from random import Random
from typing import Any

from PIL import Image


def image(
    colour: tuple[int, int, int], kind: str, *, size: tuple[int, int] = (210, 297), noise: bool = False, **options: Any
) -> bytes:
    """An image of one colour; with ``noise`` it cannot be compressed."""
    made = Image.new("RGB", size, colour)
    if noise:
        made = Image.frombytes("RGB", size, Random(1).randbytes(size[0] * size[1] * 3))
    content = io.BytesIO()
    made.save(content, kind, **options)
    return content.getvalue()
