"""An upload passes through the memory in pieces, however large it is."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
from pathlib import Path

import pytest
from flask import Request

from api.files.schemas import UploadInput
from api.uploading import Form, receive_form
from files.errors import TooLarge
from files.local_store import LocalStore
from files.policy import LARGEST_FILE
from files.scanning import NoScanner
from files.store import CHUNK

MEGABYTES = 40
HEAD = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="plan.pdf"\r\n\r\n'
TAIL = b'\r\n--edge\r\nContent-Disposition: form-data; name="label"\r\n\r\nM001\r\n--edge--\r\n'


class Wire(io.RawIOBase):
    """A form that is made while it is read."""

    def __init__(self) -> None:
        self.parts = iter([HEAD, b"%PDF-1.7\n", *[b"\r\n-" + b"x" * (CHUNK - 3)] * (MEGABYTES * 4), TAIL])
        self.left = b""
        self.sent = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if not self.left:
            self.left = next(self.parts, b"")
            if self.left not in (HEAD, TAIL):
                self.sent.update(self.left)
        taken = self.left[: len(buffer)]
        buffer[: len(taken)] = taken
        self.left = self.left[len(taken) :]
        return len(taken)


def send(store: LocalStore, wire: Wire) -> Form:
    """Receive what comes over the wire, as a server hands it over."""
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "multipart/form-data; boundary=edge",
        "wsgi.input": io.BufferedReader(wire),
        "wsgi.input_terminated": True,
    }
    return receive_form(Request(environ), UploadInput(), store, NoScanner())


def test_a_large_file_never_lies_in_memory(tmp_path: Path) -> None:
    store, wire = LocalStore(tmp_path), Wire()
    tracemalloc.start()
    try:
        form = send(store, wire)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert form.file.content.sha256 == wire.sent.hexdigest()
    assert form.file.content.size > MEGABYTES * 1024**2
    assert form.texts["label"] == "M001"
    assert peak < 8 * 1024**2


def test_a_form_that_says_it_is_too_long_is_refused_before_it_is_read(tmp_path: Path) -> None:
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "multipart/form-data; boundary=edge",
        "CONTENT_LENGTH": str(LARGEST_FILE + 1024**2),
        "wsgi.input": io.BytesIO(),
    }
    with pytest.raises(TooLarge, match="200 MB"):
        receive_form(Request(environ), UploadInput(), LocalStore(tmp_path), NoScanner())
    assert list(tmp_path.iterdir()) == []
