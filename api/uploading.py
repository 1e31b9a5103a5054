"""Reads a form with one file (RFC 7578), straight into the store: a file never lies in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Request
from marshmallow import Schema
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from api.problems import Problem
from api.reading import load, refuse_hidden
from files.errors import TooLarge
from files.policy import LARGEST_FILE
from files.receive_file import Received, accept_file
from files.scanning import Scanner
from files.store import CHUNK, Store

FILE = "file"
LONGEST_TEXT = 4096
MOST_PARTS = 20
ROOM_FOR_TEXTS = 256 * 1024


@dataclass(frozen=True, slots=True)
class Form:
    """A form that was received whole: its checked texts, and the file, which is in the store."""

    texts: dict[str, Any]
    file: Received
    raw: dict[str, str]

    @property
    def identity(self) -> bytes:
        """What makes it the same request when it is sent again."""
        return orjson.dumps([self.raw, self.file.name, self.file.content.sha256], option=orjson.OPT_SORT_KEYS)


@dataclass(slots=True)
class _Parts:
    """The form as far as it was read."""

    texts: dict[str, bytes] = field(default_factory=dict)
    name: str | None = None
    current: str = ""

    def begin(self, part: Field | File) -> None:
        """The next part."""
        self.current = part.name or ""
        if isinstance(part, File) != (self.current == FILE):
            raise _bad(f"文件要放在名为 {FILE} 的一栏里，其他各栏只能是文字。")
        if self.current in self.texts or (self.current == FILE and self.name is not None):
            raise _bad("表单里每一栏只能有一次，一次上传一个文件。")
        if isinstance(part, File):
            self.name = part.filename
        else:
            self.texts[self.current] = b""

    def add(self, data: bytes) -> None:
        """More of a text."""
        self.texts[self.current] += data
        if len(self.texts[self.current]) > LONGEST_TEXT:
            raise _bad(f"“{self.current[:50]}”一栏过长，最多 {LONGEST_TEXT} 字节。")


def receive_form(request: Request, schema: Schema, store: Store, scanner: Scanner) -> Form:
    """The form of the request; its file is kept only when everything in it is right.

    Raises ``Problem`` for a form that cannot be read and what ``accept_file`` raises.
    """
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise Problem(415, "unsupported_media_type", "上传的内容必须是 multipart/form-data。")
    request.max_content_length = LARGEST_FILE + ROOM_FOR_TEXTS
    if (request.content_length or 0) > request.max_content_length:
        raise TooLarge(LARGEST_FILE)
    parts = _Parts()
    with store.receive(LARGEST_FILE) as incoming:
        try:
            _read(request, boundary.encode(), parts, incoming.write)
        except ValueError as error:
            raise _bad("上传的表单不完整或写法不对，请重新上传。") from error
        raw = _texts(parts)
        given = {**raw, FILE: ""} if parts.name is not None else raw
        texts = load(schema, given, "body")
        return Form(texts, accept_file(incoming, scanner, parts.name or ""), raw)


def _read(request: Request, boundary: bytes, parts: _Parts, write: Callable[[bytes], None]) -> None:
    for event in _events(request, boundary):
        if isinstance(event, Field | File):
            parts.begin(event)
        elif isinstance(event, Data) and event.data:
            (write if parts.current == FILE else parts.add)(event.data)


def _events(request: Request, boundary: bytes) -> Iterator[Event]:
    decoder = MultipartDecoder(boundary, max_parts=MOST_PARTS)
    while True:
        chunk = request.stream.read(CHUNK)
        decoder.receive_data(chunk or None)
        while not isinstance(event := decoder.next_event(), NeedData):
            yield event
            if isinstance(event, Epilogue):
                return
        if len(decoder.buffer) > 2 * CHUNK:
            raise _bad("上传的表单写法不对，请重新上传。")


def _texts(parts: _Parts) -> dict[str, str]:
    try:
        texts = {name: value.decode("utf-8") for name, value in parts.texts.items()}
    except UnicodeDecodeError:
        raise _bad("表单里的文字必须是 UTF-8。") from None
    refuse_hidden(texts)
    return texts


def _bad(detail: str) -> Problem:
    return Problem(400, "invalid_form", detail)
