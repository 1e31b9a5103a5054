"""Scanned pages become one PDF: in order, without loss, and what would burst the memory is refused by its head."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from errors import Invalid
from files import pages
from files.errors import TooLarge
from files.local_store import LocalStore
from files.pages import merge_pages
from tests.unit.files.images import image

A4 = (595, 842)


def merge(folder: Path, contents: Sequence[bytes], most: int = 10_000_000) -> bytes:
    """The PDF of pages with these contents."""
    store = LocalStore(folder)
    with store.receive(most) as target:
        incoming = []
        stack = [store.receive(10_000_000) for _ in contents]
        for entered, content in zip(stack, contents, strict=True):
            page = entered.__enter__()
            page.write(content)
            incoming.append(page)
        try:
            merge_pages(incoming, target)
            with target.read() as file:
                return file.read()
        finally:
            for entered in stack:
                entered.__exit__(None, None, None)


def look(pdf: bytes) -> list[tuple[tuple[int, int], tuple[int, ...]]]:
    """The size in points and the colour in the middle of each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        found = []
        for page in document:
            size = (round(page.get_width()), round(page.get_height()))
            drawn = page.render(scale=0.5).to_pil().convert("RGB")
            found.append((size, drawn.getpixel((drawn.width // 2, drawn.height // 2))))
        return found
    finally:
        document.close()


def near(colour: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(colour, wanted, strict=True))


def test_pages_of_every_kind_keep_their_order(tmp_path: Path) -> None:
    colours = [(200, 30, 30), (30, 200, 30), (30, 30, 200)]
    contents = [image(colour, kind) for colour, kind in zip(colours, ("JPEG", "PNG", "TIFF"), strict=True)]

    found = look(merge(tmp_path, contents))

    assert [size for size, _ in found] == [A4] * 3
    assert all(near(colour, wanted) for (_, colour), wanted in zip(found, colours, strict=True))


def test_the_same_pages_give_the_same_bytes_and_another_order_others(tmp_path: Path) -> None:
    one, two = image((1, 2, 3), "JPEG"), image((200, 2, 3), "PNG")

    assert merge(tmp_path, [one, two]) == merge(tmp_path, [one, two])
    assert merge(tmp_path, [one, two]) != merge(tmp_path, [two, one])


def test_a_jpeg_goes_in_byte_by_byte(tmp_path: Path) -> None:
    content = image((12, 99, 180), "JPEG", size=(300, 400))

    assert content in merge(tmp_path, [content])


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "I;16", "CMYK"])
def test_every_mode_of_a_scanner_is_taken(tmp_path: Path, mode: str) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    content = io.BytesIO()
    Image.new(mode, (200, 300), 0).save(content, kind)

    assert len(look(merge(tmp_path, [content.getvalue()]))) == 1


def test_what_is_transparent_is_white_paper(tmp_path: Path) -> None:
    content = io.BytesIO()
    Image.new("RGBA", (200, 300), (0, 0, 0, 0)).save(content, "PNG")

    ((_, colour),) = look(merge(tmp_path, [content.getvalue()]))

    assert near(colour, (255, 255, 255))


def test_every_frame_of_a_tiff_is_a_page(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (200, 300), colour) for colour in ("red", "lime", "blue")]
    content = io.BytesIO()
    frames[0].save(content, "TIFF", save_all=True, append_images=frames[1:])

    found = look(merge(tmp_path, [content.getvalue(), image((9, 9, 9), "JPEG")]))

    assert [colour for _, colour in found[:3]] == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert len(found) == 4


def test_a_page_is_as_large_as_the_paper_was(tmp_path: Path) -> None:
    a3 = image((9, 9, 9), "JPEG", size=(3508, 2480), dpi=(300, 300))
    wide = image((9, 9, 9), "PNG", size=(400, 100))

    assert [size for size, _ in look(merge(tmp_path, [a3, wide]))] == [(842, 595), (842, 595)]


def test_a_photograph_stands_upright(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    content = image((9, 9, 9), "JPEG", size=(400, 300), exif=turned)

    ((size, _),) = look(merge(tmp_path, [content]))

    assert size == A4


def refused(folder: Path, contents: Sequence[bytes], **options: Any) -> str:
    with pytest.raises(Invalid) as caught:
        merge(folder, contents, **options)
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert caught.value.field == "file"
    return f"{caught.value.code}: {caught.value.message}"


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7\nno image", b"<svg/>", b"GIF89a" + bytes(50)], ids=["empty", "pdf", "svg", "gif"]
)
def test_what_is_no_image_is_refused_with_its_place(tmp_path: Path, content: bytes) -> None:
    assert refused(tmp_path, [image((1, 1, 1), "JPEG"), content]).startswith("page_kind: 第 2 张")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_damaged_page_is_refused_with_its_place(tmp_path: Path, kind: str) -> None:
    whole = image((90, 120, 50), kind, size=(600, 800), noise=True)

    assert refused(tmp_path, [whole[: len(whole) // 2]]).startswith("page_damaged: 第 1 张")


def png_head(width: int, height: int) -> bytes:
    """A PNG that says it is large, and is not."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    head = struct.pack(">LLBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def test_a_page_that_would_burst_is_refused_by_its_head(tmp_path: Path) -> None:
    assert refused(tmp_path, [png_head(60_000, 60_000)]).startswith("page_too_large: 第 1 张图片太大（60000×60000")


def test_pages_that_would_burst_together_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_PIXELS_DECODED", 100_000)
    clear = io.BytesIO()
    Image.new("RGBA", (200, 300)).save(clear, "PNG")

    assert refused(tmp_path, [clear.getvalue()] * 2).startswith("scan_too_large: 到第 2 张")


def test_a_tiff_of_endless_frames_is_refused_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_PAGES", 5)
    frames = [Image.new("1", (8, 8)) for _ in range(6)]
    content = io.BytesIO()
    frames[0].save(content, "TIFF", save_all=True, append_images=frames[1:])

    assert refused(tmp_path, [content.getvalue()]).startswith("too_many_pages: 一份文件最多 5 页")


def test_a_pdf_that_grows_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        merge(tmp_path, [image((1, 1, 1), "JPEG", size=(500, 500), noise=True)], most=1000)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
