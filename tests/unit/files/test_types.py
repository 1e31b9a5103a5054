"""What a file is, is told by its content; what is not on the list, or is active, is refused with a way out."""

from __future__ import annotations

import io
import struct
import zipfile
from contextlib import suppress

import pytest

from errors import Invalid
from files import containers
from files.store import CHUNK
from files.types import KINDS, tell

OFFICE = "[Content_Types].xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def zipped(*names: str) -> bytes:
    """A ZIP file with empty files of these names."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    return memory.getvalue()


ACCEPTED = {
    "报告.pdf": (b"%PDF-1.7\n1 0 obj", "application/pdf"),
    "批复.ofd": (zipped("OFD.xml", "Doc_0/Document.xml"), "application/ofd"),
    "现场.jpg": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg"),
    "现场.JPEG": (b"\xff\xd8\xff\xe1\x00\x10Exif\x00", "image/jpeg"),
    "证照.png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
    "扫描.tif": (b"II*\x00\x08\0\0\0\x0f\0\0\x01", "image/tiff"),
    "扫描.tiff": (b"MM\x00*\0\0\0\x08\0\x0f\x01\0", "image/tiff"),
    "图纸.dwg": (b"AC1032\0\0\0\0", "image/vnd.dwg"),
    "申请.docx": (
        zipped(OFFICE, "word/document.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "清单.xlsx": (
        zipped(OFFICE, "xl/workbook.xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "申请.doc": (OLE + "WordDocument".encode("utf-16-le"), "application/msword"),
    "清单.xls": (OLE + "Workbook".encode("utf-16-le"), "application/vnd.ms-excel"),
    "资料.zip": (zipped("一.pdf", "二.png"), "application/zip"),
}

REFUSED = {
    "程序.exe": (b"MZ\x90\0", "file_is_program"),
    "报告.pdf": (b"MZ\x90\0", "file_is_program"),
    "程序": (b"\x7fELF\x02", "file_is_program"),
    "脚本.sh": (b"#!/bin/sh\n", "file_is_program"),
    "网页.html": (b"<!DOCTYPE html><script>alert(1)</script>", "file_kind"),
    "图.svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "file_kind"),
    "空.pdf": (b"", "file_empty"),
    "动态.pdf": (b"%PDF-1.7\n<< /S /JavaScript /JS (app.alert) >>", "file_active"),
    "启动.pdf": (b"%PDF-1.7\n" + b" " * 300_000 + b"<< /S /Launch >>", "file_active"),
    "宏.docx": (zipped(OFFICE, "word/document.xml", "word/vbaProject.bin"), "file_active"),
    "宏.doc": (OLE + "WordDocument".encode("utf-16-le") + "_VBA_PROJECT".encode("utf-16-le"), "file_active"),
    "安装.msi": (OLE + "Property".encode("utf-16-le"), "file_kind"),
    "夹带.zip": (zipped("资料/安装.EXE"), "file_active"),
    "演示.pptx": (zipped(OFFICE, "ppt/presentation.xml"), "file_kind"),
    "坏.zip": (zipped("一.pdf")[:-30], "file_unreadable"),
    "动画.gif": (b"GIF89a\x01\0\x01\0", "file_kind"),
    "文本.txt": ("说明".encode(), "file_kind"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_an_accepted_kind_is_known_by_its_content(name: str) -> None:
    content, media_type = ACCEPTED[name]
    assert tell(io.BytesIO(content), name).media_type == media_type


def test_every_accepted_kind_is_tried() -> None:
    assert {kind.media_type for kind in KINDS} == {media_type for _, media_type in ACCEPTED.values()}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_accepted_is_refused(name: str) -> None:
    content, code = REFUSED[name]
    with pytest.raises(Invalid) as refusal:
        tell(io.BytesIO(content), name)
    assert refusal.value.code == code
    assert refusal.value.field == "file"


@pytest.mark.parametrize(("name", "content"), [("图.pdf", "证照.png"), ("报告.exe", "报告.pdf"), ("报告", "报告.pdf")])
def test_a_name_that_misleads_about_the_content_is_refused(name: str, content: str) -> None:
    with pytest.raises(Invalid, match="内容却是") as refusal:
        tell(io.BytesIO(ACCEPTED[content][0]), name)
    assert refusal.value.code == "file_name_misleads"


def test_a_directory_that_would_fill_the_memory_is_not_read() -> None:
    end = containers.END.pack(b"PK\x05\x06", 0, 0, 60_000, 60_000, 2**31, 0, 0)
    with pytest.raises(Invalid, match="超过 10000 个"):
        tell(io.BytesIO(b"PK\x03\x04" + b"\0" * 100 + end), "炸弹.zip")


def test_a_word_on_the_border_of_two_chunks_is_found() -> None:
    for place in range(CHUNK - 12, CHUNK + 2):
        assert containers.mentions(io.BytesIO(b" " * place + b"/JavaScript"), (b"/JavaScript", b"/Launch"))


@pytest.mark.parametrize("cut", range(0, 120, 7))
def test_a_damaged_archive_never_fails_otherwise(cut: int) -> None:
    whole = zipped("OFD.xml", "二.xml")
    broken = whole[:cut] + struct.pack("<L", 0xFFFFFFFF) + whole[cut + 4 :]
    with suppress(Invalid):
        assert tell(io.BytesIO(broken), "批复.ofd").title == "OFD"
