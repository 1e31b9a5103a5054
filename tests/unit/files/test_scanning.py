"""The scanner behind its port: clamd's own words over a real socket, and the explicit 未扫描 without one."""

from __future__ import annotations

import io
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from errors import Busy
from files.scanning import CLEAN, INFECTED, NOT_SCANNED, Clamd, NoScanner, Scan, scanner_at

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class FakeClamd:
    """Speaks INSTREAM: finds the EICAR test file, refuses streams past its limit."""

    limit = 1_000_000

    def __init__(self, path: Path) -> None:
        self.address = f"unix://{path}"
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(path))
        self.listener.listen()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                connection.sendall(self._answer(stream))

    def _answer(self, stream: io.BufferedReader) -> bytes:
        if stream.read(10) != b"zINSTREAM\0":
            return b"UNKNOWN COMMAND\0"
        content = b""
        while length := struct.unpack("!L", stream.read(4))[0]:
            content += stream.read(length)
            if len(content) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR\0"
        return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"

    def stop(self) -> None:
        """Hang up."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(timeout=5)


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[FakeClamd]:
    server = FakeClamd(tmp_path / "clamd")
    yield server
    server.stop()


def scan(clamd: FakeClamd, content: bytes) -> Scan:
    return scanner_at(clamd.address).scan(io.BytesIO(content))


def test_clean_content_is_clean(clamd: FakeClamd) -> None:
    assert scan(clamd, b"a plan" * 100_000) == Scan(CLEAN)


def test_infected_content_is_named(clamd: FakeClamd) -> None:
    assert scan(clamd, b" " * 500_000 + EICAR) == Scan(INFECTED, "Eicar-Test-Signature")


def test_what_is_too_large_for_the_scanner_stays_unscanned_and_says_why(clamd: FakeClamd) -> None:
    found = scan(clamd, b"x" * 5_000_000)
    assert found.state == NOT_SCANNED
    assert "上限" in (found.detail or "")


def test_a_scanner_that_does_not_answer_keeps_the_file_out(tmp_path: Path) -> None:
    with pytest.raises(Busy, match="查毒服务"):
        Clamd(f"unix://{tmp_path / 'nobody'}").scan(io.BytesIO(b"x"))


def test_a_scanner_without_a_verdict_keeps_the_file_out(clamd: FakeClamd, monkeypatch: pytest.MonkeyPatch) -> None:
    answer: Callable[..., bytes] = lambda *_: b"stream: Can't allocate memory ERROR\0"  # noqa: E731
    monkeypatch.setattr(clamd, "_answer", answer)
    with pytest.raises(Busy, match="结论"):
        scan(clamd, b"x")


def test_without_a_scanner_every_file_is_explicitly_unscanned() -> None:
    assert isinstance(scanner_at(None), NoScanner)
    assert scanner_at(None).scan(io.BytesIO(EICAR)) == Scan(NOT_SCANNED)
