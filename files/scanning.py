"""The port of the virus scanner: clamd where there is one, otherwise the explicit state 未扫描."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, Protocol
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from errors import Busy
from files.store import CHUNK

SCANNER = "scanner"
NOT_SCANNED, CLEAN, INFECTED = "not_scanned", "clean", "infected"
SECONDS_TO_CLAMD = 60.0
LONGEST_ANSWER = 4096


class Scan(NamedTuple):
    """What a scanner says: the state, and the name of what it found or why it did not look."""

    state: str
    detail: str | None = None


class Scanner(Protocol):
    """Looks for malicious code."""

    def scan(self, file: BinaryIO) -> Scan:
        """Look at the whole file; raises ``Busy`` when the scanner does not answer."""


class NoScanner:
    """No scanner is set up: nothing is looked at, and every file says so."""

    def scan(self, file: BinaryIO) -> Scan:
        """未扫描."""
        return Scan(NOT_SCANNED)


@dataclass(frozen=True, slots=True)
class Clamd:
    """clamd, by its command INSTREAM; ``address`` is ``unix:///path/of/socket`` or ``tcp://host:port``."""

    address: str

    def scan(self, file: BinaryIO) -> Scan:
        """Send the file in chunks. A file larger than clamd takes stays unscanned, and says why."""
        try:
            with self._connect() as connection:
                answer = _ask(connection, file)
        except OSError as error:
            raise Busy("scanner_unavailable", "查毒服务没有应答，文件没有保存；请稍后再上传。") from error
        return read_answer(answer)

    def _connect(self) -> socket.socket:
        where = urlsplit(self.address)
        if where.scheme == "unix":
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(SECONDS_TO_CLAMD)
            try:
                connection.connect(where.path)
            except OSError:
                connection.close()
                raise
            return connection
        return socket.create_connection((where.hostname, where.port), timeout=SECONDS_TO_CLAMD)


def _ask(connection: socket.socket, file: BinaryIO) -> bytes:
    try:
        connection.sendall(b"zINSTREAM\0")
        while chunk := file.read(CHUNK):
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # clamd answers and hangs up when the file is larger than it takes
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        received = connection.recv(LONGEST_ANSWER)
        if not received:
            break
        answer += received
    return answer


def read_answer(answer: bytes) -> Scan:
    """What clamd said; raises ``Busy`` when it is no verdict."""
    text = answer.rstrip(b"\0\n").decode("utf-8", "replace")
    verdict = text.removeprefix("stream: ")
    if verdict == "OK":
        return Scan(CLEAN)
    if verdict.endswith(" FOUND"):
        return Scan(INFECTED, verdict.removesuffix(" FOUND"))
    if "size limit exceeded" in verdict:
        return Scan(NOT_SCANNED, "文件超过查毒服务的大小上限")
    raise Busy("scanner_unavailable", "查毒服务没有给出结论，文件没有保存；请稍后再上传。")


def scanner_at(address: str | None) -> Scanner:
    """The scanner of the settings; without an address there is none."""
    return Clamd(address) if address else NoScanner()


def scanner_of(session: Session) -> Scanner:
    """The scanner that the session factory was given as ``info={SCANNER: scanner}``."""
    scanner: Scanner = session.info[SCANNER]
    return scanner
