"""Merge scanned pages into one PDF: in their order, without loss, within bounds of size, pixels and pages."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from threading import Lock
from typing import Any

import img2pdf
from PIL import Image, ImageOps, UnidentifiedImageError

from errors import Invalid
from files.policy import MOST_PAGES, MOST_PIXELS_A_PAGE, MOST_PIXELS_DECODED
from files.store import Incoming

FORMATS = ("JPEG", "PNG", "TIFF")
LEAST_DPI, MOST_DPI = 100, 1200  # outside of these a file does not know how large its page is
PIXELS_TO_LOOK = 64  # a JPEG is read to its end at an eighth of its size
POINTS = 72
A4 = (595.28, 841.89)
Image.MAX_IMAGE_PIXELS = None  # held by MOST_PIXELS_A_PAGE, in words, before anything is decoded
_ONE_AT_A_TIME = Lock()  # a page takes up to a few hundred megabytes while it is decoded


def merge_pages(pages: Sequence[Incoming], target: Incoming) -> None:
    """Write the PDF of the pages, each a JPEG, PNG or TIFF (all of its frames), into ``target``.

    JPEG and plain PNG go in as they are; what a PDF cannot hold (transparency, 16 bits, TIFF) is decoded. The same
    pages give the same bytes. Raises ``Invalid`` with the number of the page that is no image, damaged or too large.
    """
    with _ONE_AT_A_TIME:
        images = list(_Scan().images(pages))
        img2pdf.convert(
            images,
            outputstream=_Sink(target),
            engine=img2pdf.Engine.internal,
            layout_fun=_layout,
            rotation=img2pdf.Rotation.ifvalid,
            nodate=True,
        )


class _Sink:
    """``Incoming`` as a stream."""

    def __init__(self, target: Incoming) -> None:
        self._target = target

    def write(self, content: bytes) -> int:
        """Append."""
        self._target.write(content)
        return len(content)


class _Scan:
    """The pages of one document on their way, with what they have cost so far."""

    def __init__(self) -> None:
        self._pages = 0
        self._decoded = 0

    def images(self, pages: Sequence[Incoming]) -> Iterator[bytes]:
        """The images that a PDF can hold, page by page."""
        for number, page in enumerate(pages, start=1):
            with page.read() as file, _readable(number):
                content = file.read()
                with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                    yield from self._of(image, content, number)

    def _of(self, image: Image.Image, content: bytes, number: int) -> Iterator[bytes]:
        for _ in _frames(image):
            self._pages += 1
            if self._pages > MOST_PAGES:
                raise Invalid("too_many_pages", f"一份文件最多 {MOST_PAGES} 页，请分成几份。", field="file")
            if image.width * image.height > MOST_PIXELS_A_PAGE:
                size = f"{image.width}×{image.height}"
                message = f"第 {number} 张图片太大（{size} 像素），请降低扫描分辨率后再上传。"
                raise Invalid("page_too_large", message, field="file")
            if _goes_in_as_it_is(image):
                _look_through(image)
                yield content
            else:
                yield self._decode(image, number)

    def _decode(self, image: Image.Image, number: int) -> bytes:
        self._decoded += image.width * image.height
        if self._decoded > MOST_PIXELS_DECODED:
            message = f"到第 {number} 张图片为止，需要转换的图片已超过上限；请改用 JPEG 格式扫描，或分成几份。"
            raise Invalid("scan_too_large", message, field="file")
        lossy = image.format == "MPO" or image.info.get("compression") in ("jpeg", "tiff_jpeg")
        options: dict[str, Any] = {"quality": 90} if lossy else {"compress_level": 3}
        made, plain = io.BytesIO(), _plain(image)
        dpi = image.info.get("dpi")
        plain.save(made, "JPEG" if lossy and plain.mode != "1" else "PNG", **({"dpi": dpi} if dpi else {}), **options)
        return made.getvalue()


@contextmanager
def _readable(number: int) -> Iterator[None]:
    """Say in words that an image cannot be read."""
    try:
        yield
    except UnidentifiedImageError:
        message = f"第 {number} 张不是 JPEG、PNG 或 TIFF 图片，请重新扫描这一页。"
        raise Invalid("page_kind", message, field="file") from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        message = f"第 {number} 张图片已损坏，请重新扫描这一页。"
        raise Invalid("page_damaged", message, field="file") from error


def _frames(image: Image.Image) -> Iterator[int]:
    """Go to each frame of a TIFF in turn, without counting them first; other files have one that counts."""
    for frame in count():
        try:
            image.seek(frame)
        except EOFError:
            return
        yield frame
        if image.format != "TIFF":
            return


def _goes_in_as_it_is(image: Image.Image) -> bool:
    if image.format == "JPEG":
        return image.mode in ("L", "RGB", "CMYK")
    return image.format == "PNG" and image.mode in ("1", "L", "RGB", "P") and "transparency" not in image.info


def _look_through(image: Image.Image) -> None:
    """Read an image to its end at little cost: a JPEG in small, a PNG by its checksums."""
    if image.format == "JPEG":
        image.draft("L", (PIXELS_TO_LOOK, PIXELS_TO_LOOK))
        image.load()
    else:
        image.verify()


def _plain(image: Image.Image) -> Image.Image:
    """What a PDF can hold: black and white, grey or RGB, upright, on white paper."""
    image = ImageOps.exif_transpose(image)
    if image.mode in ("1", "L", "RGB"):
        return image
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        seen = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(seen, mask=seen.getchannel("A"))
        return paper
    return image.convert("RGB")


def _layout(width: int, height: int, dpi: tuple[float, float]) -> tuple[float, float, float, float]:
    """Page and image in points: as large as the paper was, or an A4 page where the file does not say."""
    if all(LEAST_DPI <= each <= MOST_DPI for each in dpi):
        page = width / dpi[0] * POINTS, height / dpi[1] * POINTS
        return *page, *page
    paper = A4 if height >= width else A4[::-1]
    scale = min(paper[0] / width, paper[1] / height)
    return *paper, width * scale, height * scale
