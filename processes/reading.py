"""Read CSV and TOML of a pack row by row: typed values out, every mistake kept as a finding with its line."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from processes.findings import Finding
from worktime import LimitInvalid, parse_limit

Files = Mapping[str, bytes]
WHOLE_FILE = 0
IN_MESSAGE = re.compile(r"at line (\d+)")
UNTIMED = "none"
DAMAGED_VALUE = "1WD"  # stands for a limit that cannot be read; the pack is refused anyway


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV file, or one table of a TOML file, with what reads its values.

    A reader that finds nothing fitting adds a finding and returns an empty value, so that the reading goes on.
    """

    file: str
    line: int
    values: Mapping[str, Any]
    findings: list[Finding]
    key_lines: Mapping[str, int]

    def fault(self, message: str, mend: str, key: str | None = None) -> None:
        """Add a finding at this row, or at the line of one of its keys."""
        self.findings.append(Finding(self.file, self.key_lines.get(key or "", self.line), message, mend))

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self.values.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if value is None or value == "":
            self.fault(f"没有填写 {key}", f"请填写 {key}", key)
        else:
            self.fault(f"{key} 要是文字，现在是 {value!r}", "请写成带引号的文字", key)
        return ""

    def maybe(self, key: str) -> str | None:
        """A text that may be left out."""
        return self.text(key) if self.values.get(key, "") != "" else None

    def words(self, key: str) -> tuple[str, ...]:
        """Codes apart from each other by spaces, each once; none when left out."""
        found = tuple((self.maybe(key) or "").split())
        if len(set(found)) < len(found):
            self.fault(f"{key} 里有重复的编号", "每个编号只写一次", key)
        return found

    def choice(self, key: str, allowed: Collection[str]) -> str:
        """One of the allowed words."""
        value = self.text(key)
        if value and value not in allowed:
            self.fault(f"{key} 不能是“{value}”", f"请改为 {'、'.join(allowed)} 之一", key)
        return value

    def flag(self, key: str) -> bool:
        """``yes`` or ``no`` of a CSV file, true or false of a TOML file."""
        value = self.values.get(key)
        if isinstance(value, bool):
            return value
        return self.choice(key, ("yes", "no")) == "yes"

    def number(self, key: str) -> int:
        """A whole number."""
        value = self.values.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.fault(f"{key} 要是整数，现在是 {value!r}", f"请把 {key} 写成整数", key)
        return 0

    def limit(self, key: str, default: str | None = None) -> str:
        """A limit such as ``5WD``; ``default`` when it is left out."""
        if default is not None and not self.values.get(key):
            return default
        value = self.text(key)
        try:
            return str(parse_limit(value)) if value else DAMAGED_VALUE
        except LimitInvalid as error:
            self.fault(str(error), "请改为期限，例如 5WD", key)
            return DAMAGED_VALUE

    def limit_or_none(self, key: str) -> str | None:
        """A limit, or the word ``none`` for what is not timed."""
        return None if self.values.get(key) == UNTIMED else self.limit(key)

    def table(self, key: str) -> Row:
        """A table inside this one; empty when it is not there."""
        value = self.values.get(key)
        if not isinstance(value, dict):
            self.fault(f"没有 [{key}] 一节", f"请补上 [{key}]", key)
        inside = value if isinstance(value, dict) else {}
        return Row(self.file, self.key_lines.get(key, self.line), inside, self.findings, self.key_lines)

    def no_more_than(self, keys: Collection[str]) -> None:
        """Every key is one of these."""
        for key in self.values:
            if key not in keys:
                self.fault(f"不认识 {key}", f"请删去，或改为 {'、'.join(keys)} 之一", key)


def read_text(files: Files, name: str, findings: list[Finding]) -> str | None:
    """The text of a file; None, with a finding, when it is not there or no UTF-8."""
    if name not in files:
        findings.append(Finding(name, WHOLE_FILE, "地区包里没有这个文件", f"请补上 {name}"))
        return None
    return files[name].decode("utf-8-sig") if is_text(name, files[name], findings) else None


def is_text(name: str, content: bytes, findings: list[Finding]) -> bool:
    """Whether a file is text that a database can keep; a finding when it is not."""
    try:
        wrong = content.decode("utf-8").find("\0")
    except UnicodeDecodeError as error:
        wrong = error.start
    if wrong >= 0:
        line = content.count(b"\n", 0, wrong) + 1
        findings.append(Finding(name, line, "不是 UTF-8 文本", "请另存为 UTF-8 编码"))
    return wrong < 0


def read_rows(files: Files, name: str, columns: tuple[str, ...], findings: list[Finding]) -> Iterator[Row]:
    """The rows of a CSV file; none when its header is not exactly ``columns``."""
    text = read_text(files, name, findings)
    if text is None:
        return
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        if tuple(next(reader, ())) != columns:
            findings.append(Finding(name, 1, "表头不对", f"第一行请写成 {','.join(columns)}"))
            return
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                row = Row(name, line, dict(zip(columns, map(str.strip, cells), strict=False)), findings, {})
                if len(cells) != len(columns):
                    mend = "含有逗号的格子请加引号，空格子也要留出逗号"
                    row.fault(f"有 {len(cells)} 格，应当是 {len(columns)} 格", mend)
                yield row
            line = reader.line_num + 1
    except csv.Error as error:
        findings.append(Finding(name, reader.line_num, f"不是 CSV：{error}", "请核对引号是否成对"))


def read_toml(files: Files, name: str, findings: list[Finding]) -> Row | None:
    """A TOML file as one row; None, with a finding, when it cannot be read."""
    text = read_text(files, name, findings)
    if text is None:
        return None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = IN_MESSAGE.search(str(error))
        line = int(found[1]) if found else len(text.splitlines())
        findings.append(Finding(name, line, f"不是 TOML：{error}", "请核对这一行的括号、引号和等号"))
        return None
    return Row(name, 1, values, findings, _lines_of_keys(text.splitlines(), 0))


def read_tables(files: Files, name: str, path: tuple[str, ...], findings: list[Finding]) -> list[list[Row]]:
    """The tables ``[[first]]``, ``[[first.second]]`` of a TOML file: each first one with the ones below it."""
    top = read_toml(files, name, findings)
    if top is None:
        return []
    lines = (files[name]).decode("utf-8-sig").splitlines()
    places = {depth: iter(_headers(lines, ".".join(path[: depth + 1]))) for depth in range(len(path))}

    def rows(within: Mapping[str, Any], depth: int, above: Row) -> Iterator[Row]:
        found = within.get(path[depth])
        if not isinstance(found, list) or not found or not all(isinstance(table, dict) for table in found):
            above.fault(f"没有 [[{'.'.join(path[: depth + 1])}]]", "请至少写一个")
            return
        for table in found:
            line = next(places[depth], 1)
            keys = _lines_of_keys(lines, line)
            yield Row(name, line, {k: v for k, v in table.items() if k not in path}, findings, keys)

    tables = []
    for row, table in zip(rows(top.values, 0, top), top.values.get(path[0]) or (), strict=False):
        below = rows(table, 1, row) if len(path) > 1 else ()
        tables.append([row, *below])
    return tables


def _headers(lines: list[str], header: str) -> list[int]:
    """The numbers of the lines that open a table ``[[header]]``."""
    opening = re.compile(r"\s*\[\[\s*" + re.escape(header).replace(r"\.", r"\s*\.\s*") + r"\s*\]\]")
    return [number for number, line in enumerate(lines, 1) if opening.match(line)]


def _lines_of_keys(lines: list[str], after: int) -> dict[str, int]:
    """The lines of the keys and sections that follow line ``after``: to the end, or to the next table of a list."""
    found: dict[str, int] = {}
    for number, line in enumerate(lines[after:], after + 1):
        if after and line.lstrip().startswith("["):
            break
        if match := re.match(r"\s*\[?\s*([\w.-]+)\s*(?:=|\])", line):
            found.setdefault(match[1], number)
    return found
