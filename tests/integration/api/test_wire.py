"""What the real web server and the platform make of bytes that no HTTP library would send."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from accounts.models import Organisation
from api.reading import LARGEST_BODY
from files.policy import LARGEST_FILE
from tests.integration.api.world import World

ROOT = Path(__file__).resolve().parents[3]
PIECE = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
APPLICANT = json.dumps({"region_code": "210782", "code": "u-1", "name": "甲公司", "kind": "applicant"}).encode()
FORM = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="plan.pdf"\r\n\r\n%PDF-1.7\n'


@dataclass(frozen=True)
class Wire:
    """The server, and the head of a request of the window clerk."""

    port: int
    head: str

    def send(self, path: str, headers: str, *pieces: bytes) -> tuple[int, str]:
        """Send the pieces as the body of a POST and close our side; status and code of the answer."""
        return self.raw(f"POST /api/v1{path} HTTP/1.1\r\n{self.head}{headers}\r\n".encode(), *pieces)

    def raw(self, *pieces: bytes) -> tuple[int, str]:
        """Send anything at all and close our side; status, and the code if the answer is a problem document."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            for piece in pieces:
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
            head, _, body = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        return status, json.loads(body)["code"] if b"problem+json" in head else body.decode()


@pytest.fixture(scope="module")
def wire(shared_world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """A real web server in front of the world."""
    clerk = shared_world.client("window_clerk")
    settings = shared_world.app.extensions["binglian"].settings
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.fileno()
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"fd://{number}", "--no-control-socket"]
        environment = {
            **os.environ,
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "BINGLIAN_DATA": str(settings.data),
        }
        with (tmp_path_factory.mktemp("wire") / "web.log").open("wb") as log:
            server = subprocess.Popen(
                [*command, "--worker-class", "gthread", "--threads", "2"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                pass_fds=(number,),
            )
            cookie = clerk.browser.get_cookie("binglian_session")
            assert cookie is not None
            head = f"Host: localhost\r\nCookie: binglian_session={cookie.value}\r\nX-CSRF-Token: {clerk.csrf}\r\n"
            try:
                yield Wire(listener.getsockname()[1], head)
            finally:
                server.terminate()
                server.wait(30)


def organisations(world: World) -> int:
    """How many organisations there are."""
    with world.sessions() as session:
        return session.scalar(select(func.count()).select_from(Organisation)) or 0


JSON = "Content-Type: application/json\r\n"
CHUNKED = JSON + "Transfer-Encoding: chunked\r\n"
WHOLE = f"{len(APPLICANT):x}\r\n".encode() + APPLICANT + b"\r\n"
WRONG: dict[str, tuple[str, list[bytes], int, str]] = {
    # the first MiB is a whole object and blanks: what was cut at the limit would be taken for a request
    "chunks past the limit": (CHUNKED, [WHOLE, *[PIECE] * 17, b"0\r\n\r\n"], 413, "body_too_large"),
    "a length past the limit": (f"{JSON}Content-Length: {LARGEST_BODY + 1}\r\n", [APPLICANT], 413, "body_too_large"),
    "a length that is not reached": (
        f"{JSON}Content-Length: {len(APPLICANT) + 1}\r\n",
        [APPLICANT],
        400,
        "body_cut_off",
    ),
    "chunks that never end": (CHUNKED, [WHOLE], 400, "bad_request"),
    "a chunk that is cut": (CHUNKED, [WHOLE[:-20]], 400, "bad_request"),
    "a chunk without a size": (CHUNKED, [b"zz\r\n", APPLICANT], 400, "bad_request"),
    "a trailer that is none": (CHUNKED, [WHOLE, b"0\r\n:\x00\r\n\r\n"], 400, "bad_request"),
}


@pytest.mark.parametrize(("headers", "pieces", "status", "code"), WRONG.values(), ids=WRONG)
def test_half_a_body_never_counts_as_a_request(
    shared_world: World, wire: Wire, headers: str, pieces: list[bytes], status: int, code: str
) -> None:
    before = organisations(shared_world)
    assert wire.send("/organisations", headers, *pieces) == (status, code)
    assert organisations(shared_world) == before


def test_a_chunked_body_within_the_limit_is_taken(shared_world: World, wire: Wire) -> None:
    before = organisations(shared_world)
    assert wire.send("/organisations", CHUNKED + "Connection: close\r\n", WHOLE, PIECE, b"0\r\n\r\n")[0] == 201
    assert organisations(shared_world) == before + 1


UPLOAD = "Content-Type: multipart/form-data; boundary=edge\r\n"
UPLOADS: dict[str, tuple[str, list[bytes], int, str]] = {
    "a length past the limit": (f"{UPLOAD}Content-Length: {LARGEST_FILE * 2}\r\n", [FORM], 413, "file_too_large"),
    "a length that is not reached": (f"{UPLOAD}Content-Length: 5000\r\n", [FORM], 400, "invalid_form"),
    "chunks that never end": (
        f"{UPLOAD}Transfer-Encoding: chunked\r\n",
        [f"{len(FORM):x}\r\n".encode(), FORM, b"\r\n"],
        400,
        "bad_request",
    ),
}


@pytest.mark.parametrize(("headers", "pieces", "status", "code"), UPLOADS.values(), ids=UPLOADS)
def test_half_an_upload_leaves_nothing(
    shared_world: World, wire: Wire, headers: str, pieces: list[bytes], status: int, code: str
) -> None:
    assert wire.send("/files", headers, *pieces) == (status, code)
    incoming = shared_world.app.extensions["binglian"].settings.data / "files" / "incoming"
    assert not incoming.exists() or list(incoming.iterdir()) == []


def test_chunks_past_the_limit_of_an_upload_are_refused_while_they_come(shared_world: World, wire: Wire) -> None:
    pieces = [f"{len(FORM):x}\r\n".encode(), FORM, b"\r\n", *[PIECE] * (LARGEST_FILE // 0x10000), b"0\r\n\r\n"]
    assert wire.send("/files", f"{UPLOAD}Transfer-Encoding: chunked\r\n", *pieces) == (413, "file_too_large")


@pytest.mark.parametrize(
    "request_line", ["GET / HTTP/9.9", "nonsense", "GET /api/v1/regions HTTP/1.1\r\nno colon"], ids=ascii
)
def test_what_is_no_http_at_all_gets_the_servers_own_short_page(wire: Wire, request_line: str) -> None:
    status, page = wire.raw(request_line.encode() + b"\r\n\r\n")
    assert status in (400, 505)
    assert "<html>" in page
    assert "Traceback" not in page
