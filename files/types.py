"""What a file is, told by its content: the kinds that the platform takes, and no others."""

from __future__ import annotations

from pathlib import PurePath
from typing import BinaryIO, NamedTuple

import filetype

from errors import Invalid
from files import containers

HEAD = 8192


class Kind(NamedTuple):
    """A kind of file: what people call it, its media type, and the endings that its name may have."""

    title: str
    media_type: str
    endings: tuple[str, ...]


PDF = Kind("PDF", "application/pdf", ("pdf",))
OFD = Kind("OFD", "application/ofd", ("ofd",))
ZIP = Kind("ZIP 压缩包", "application/zip", ("zip",))
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = Kind("Word 文档（DOCX）", f"{OFFICE}wordprocessingml.document", ("docx",))
XLSX = Kind("Excel 表格（XLSX）", f"{OFFICE}spreadsheetml.sheet", ("xlsx",))
DOC = Kind("Word 文档（DOC）", "application/msword", ("doc", "wps"))
XLS = Kind("Excel 表格（XLS）", "application/vnd.ms-excel", ("xls", "et"))
PLAIN = {
    "pdf": PDF,
    "jpg": Kind("JPEG 图片", "image/jpeg", ("jpg", "jpeg")),
    "png": Kind("PNG 图片", "image/png", ("png",)),
    "tif": Kind("TIFF 图片", "image/tiff", ("tif", "tiff")),
    "dwg": Kind("DWG 图纸", "image/vnd.dwg", ("dwg",)),
}
"""Kind by the word of the library, which tells these by their first bytes."""
KINDS = (*PLAIN.values(), OFD, DOC, DOCX, XLS, XLSX, ZIP)
ACCEPTED = "、".join(kind.title for kind in KINDS)

ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
COMPOUND_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"#!")
ACTIVE_PDF = (b"/JavaScript", b"/Launch")


def tell(file: BinaryIO, name: str) -> Kind:
    """The kind of the content; raises ``Invalid`` for what is not accepted, is active, or is not what its name says."""
    kind = _kind(file)
    ending = PurePath(name).suffix.lower().lstrip(".")
    if ending not in kind.endings:
        message = f"文件名以“.{ending}”结尾，内容却是{kind.title}；请改用 .{kind.endings[0]} 结尾，或另选正确的文件。"
        raise _refused("file_name_misleads", message)
    return kind


def _kind(file: BinaryIO) -> Kind:
    head = file.read(HEAD)
    file.seek(0)
    if not head:
        raise _refused("file_empty", "文件是空的，请重新选择文件。")
    if head.startswith(PROGRAMS):
        raise _refused("file_is_program", f"不能上传程序或脚本；可以上传：{ACCEPTED}。")
    if head.startswith(ZIP_MARKS):
        return _zip(file)
    if head.startswith(COMPOUND_MARK):
        return _compound(file)
    found = filetype.guess(head)
    kind = PLAIN.get(found.extension) if found else None
    if kind is None:
        raise _refused("file_kind", f"认不出这个文件，或者平台不收这种文件；可以上传：{ACCEPTED}。")
    if kind is PDF and containers.mentions(file, ACTIVE_PDF):
        raise _active("PDF 里含有脚本或启动程序的动作，请用“打印为 PDF”重新生成后再上传。")
    return kind


def _zip(file: BinaryIO) -> Kind:
    try:
        names = containers.zip_names(file)
    except containers.Unreadable as reason:
        raise _refused("file_unreadable", f"{reason}，请重新生成后再上传。") from None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _active("文档里含有宏，请另存为不含宏的 DOCX 或 XLSX 后再上传。")
    program = next((name for name in names if name.lower().endswith(containers.PROGRAM_ENDINGS)), None)
    if program is not None:
        raise _active(f"压缩包里含有程序或网页“{program[-80:]}”，请删去后再上传。")
    if "OFD.xml" in names:
        return OFD
    if "[Content_Types].xml" in names:
        for folder, kind in (("word/", DOCX), ("xl/", XLSX)):
            if any(name.startswith(folder) for name in names):
                return kind
        raise _refused("file_kind", f"平台不收这种文件；可以上传：{ACCEPTED}。")
    return ZIP


def _compound(file: BinaryIO) -> Kind:
    if containers.mentions(file, containers.MACRO_STREAMS):
        raise _active("文档里含有宏，请另存为不含宏的文档后再上传。")
    for stream, kind in (("WordDocument", DOC), ("Workbook", XLS)):
        if containers.mentions(file, (stream.encode("utf-16-le"),)):
            return kind
    raise _refused("file_kind", f"平台不收这种文件；可以上传：{ACCEPTED}。")


def _active(message: str) -> Invalid:
    return _refused("file_active", message)


def _refused(code: str, message: str) -> Invalid:
    return Invalid(code, message, field="file")
