"""Reads the bytes of a diagram safely: bounded size, depth and time, no DTD, no entities, UTF-8 only."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from threading import Lock
from xml.parsers import expat

import SpiffWorkflow.bpmn.parser
from lxml import etree

MOST_BYTES = 2 * 1024 * 1024
MOST_ELEMENTS = 8_000
MOST_ATTRIBUTES = 100
DEEPEST = 64

SCHEMA = Path(SpiffWorkflow.bpmn.parser.__file__).parent / "schema" / "BPMN20.xsd"


class FileRefused(ValueError):
    """The bytes are no file that the platform reads; the message is Chinese, ``line`` counts from 1."""

    def __init__(self, message: str, line: int, mend: str) -> None:
        super().__init__(message)
        self.line = line
        self.mend = mend


def parse(content: bytes) -> etree._Element:
    """The root element of a diagram; raises ``FileRefused``.

    A streaming pass looks at every token before a tree is built, so that nothing hostile reaches the tree builder.
    Comments are dropped; foreign elements and attributes are kept.
    """
    if len(content) > MOST_BYTES:
        raise FileRefused(f"文件超过 {MOST_BYTES // 1024 // 1024} MB", 0, "拆成几个流程，用调用活动相连")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileRefused("文件不是 UTF-8 编码", line, "在建模工具中另存为 UTF-8") from None
    _Guard().read(content)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        encoding="utf-8",
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise FileRefused(f"XML 写法不对：{error.msg}", error.lineno or 0, "用建模工具重新导出") from None


class _Guard:
    """Stops at the first token that no diagram needs."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.ProcessingInstructionHandler = self._instruction
        self._parser.XmlDeclHandler = self._declaration
        self._depth = 0
        self._elements = 0

    def read(self, content: bytes) -> None:
        try:
            self._parser.Parse(content, True)
        except expat.ExpatError as error:
            reason = expat.errors.messages[error.code]
            raise FileRefused(f"XML 写法不对：{reason}", error.lineno, "用建模工具重新导出") from None

    def _start(self, _name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST:
            raise self._refused(f"元素嵌套超过 {DEEPEST} 层", "减少子流程的层数，用调用活动相连")
        if self._elements > MOST_ELEMENTS:
            raise self._refused(f"元素超过 {MOST_ELEMENTS} 个", "拆成几个流程，用调用活动相连")
        if len(attributes) > MOST_ATTRIBUTES:
            raise self._refused(f"一个元素的属性超过 {MOST_ATTRIBUTES} 个", "删除多余的属性")

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _doctype(self, *_declaration: object) -> None:
        raise self._refused("文件带有 DOCTYPE 或实体声明", "删除 DOCTYPE，BPMN 文件不需要它")

    def _instruction(self, target: str, _data: str) -> None:
        raise self._refused(f"文件带有处理指令“{target[:40]}”", "删除这一处理指令，BPMN 文件不需要它")

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "utf8", "us-ascii"):
            raise self._refused(f"文件声明的编码是 {encoding[:40]}", "在建模工具中另存为 UTF-8")

    def _refused(self, message: str, mend: str) -> FileRefused:
        return FileRefused(message, self._parser.CurrentLineNumber, mend)


_validating = Lock()  # a schema object keeps the errors of its last validation


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMA)))


def schema_errors(root: etree._Element) -> list[tuple[int, str]]:
    """(line, message) of everything in which the tree differs from the BPMN 2.0 schema; messages are libxml's."""
    schema = _schema()
    with _validating:
        if schema.validate(root):
            return []
        return [(error.line, error.message) for error in schema.error_log]  # type: ignore[attr-defined]
