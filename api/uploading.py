"""Reads a form with one file, or with the images of one scan (RFC 7578), straight into the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Request
from marshmallow import Schema
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from api.problems import Problem
from api.reading import load, refuse_hidden
from files.errors import TooLarge
from files.pages import merge_pages
from files.policy import LARGEST_FILE, LARGEST_SCAN, MOST_IMAGES
from files.receive_file import Received, accept_file
from files.scanning import Scanner
from files.store import CHUNK, Incoming, Store

FILE = "file"
LONGEST_TEXT = 4096
MOST_TEXTS = 20
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

    receive: Callable[[], Incoming]
    most: int
    texts: dict[str, bytes] = field(default_factory=dict)
    files: list[tuple[str, Incoming]] = field(default_factory=list)
    current: str = ""

    def begin(self, part: Field | File) -> None:
        """The next part."""
        self.current = part.name or ""
        if isinstance(part, File) != (self.current == FILE):
            raise _bad(f"文件要放在名为 {FILE} 的一栏里，其他各栏只能是文字。")
        if self.current in self.texts or len(self.files) + isinstance(part, File) > self.most:
            raise _bad(f"表单里每一栏只能有一次，一次最多上传 {self.most} 个文件。")
        if isinstance(part, File):
            self.files.append((part.filename, self.receive()))
        else:
            self.texts[self.current] = b""

    def add(self, data: bytes) -> None:
        """More of the file or the text."""
        if self.current == FILE:
            self.files[-1][1].write(data)
            return
        self.texts[self.current] += data
        if len(self.texts[self.current]) > LONGEST_TEXT:
            raise _bad(f"“{self.current[:50]}”一栏过长，最多 {LONGEST_TEXT} 字节。")


def receive_form(request: Request, schema: Schema, store: Store, scanner: Scanner, *, scan: bool = False) -> Form:
    """The form of the request; its file is kept only when everything in it is right.

    With ``scan`` its files are images that are merged into one PDF, called as the text ``name`` says. Raises
    ``Problem`` for a form that cannot be read and what ``merge_pages`` and ``accept_file`` raise.
    """
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise Problem(415, "unsupported_media_type", "上传的内容必须是 multipart/form-data。")
    largest, most = (LARGEST_SCAN, MOST_IMAGES) if scan else (LARGEST_FILE, 1)
    request.max_content_length = largest + ROOM_FOR_TEXTS
    if (request.content_length or 0) > request.max_content_length:
        raise TooLarge(largest)
    with ExitStack() as stack:
        parts = _Parts(lambda: stack.enter_context(store.receive(largest)), most)
        try:
            _read(request, boundary.encode(), parts)
        except ValueError as error:
            raise _bad("上传的表单不完整或写法不对，请重新上传。") from error
        raw = _texts(parts)
        texts = load(schema, {**raw, FILE: ""} if parts.files else raw, "body")
        if not scan:
            name, whole = parts.files[0]
            return Form(texts, accept_file(whole, scanner, name), raw)
        whole = stack.enter_context(store.receive(LARGEST_FILE))
        merge_pages([page for _, page in parts.files], whole)
        return Form(texts, accept_file(whole, scanner, f"{texts['name']}.pdf"), raw)


def _read(request: Request, boundary: bytes, parts: _Parts) -> None:
    for event in _events(request, boundary, parts.most):
        if isinstance(event, Field | File):
            parts.begin(event)
        elif isinstance(event, Data) and event.data:
            parts.add(event.data)


def _events(request: Request, boundary: bytes, files: int) -> Iterator[Event]:
    decoder = MultipartDecoder(boundary, max_parts=MOST_TEXTS + files)
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
