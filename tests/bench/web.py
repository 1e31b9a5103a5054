"""The real web server on the measured database, and people who ask it over a kept-open connection."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import update

from accounts.actor import Actor
from accounts.models import SignIn, User
from accounts.secrets import hash_secret, new_secret
from api.authentication import csrf_token
from api.description import CSRF_HEADER, SESSION_COOKIE
from database.clock import current_time
from launcher.valkey import PrivateValkey
from tests.bench.bench_world import DATABASE, BenchWorld

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 60
PAGE = os.sysconf("SC_PAGE_SIZE")


class Client:
    """One signed-in person with a connection of his own."""

    def __init__(self, port: int, secret: str) -> None:
        self.told_to_ask_again = False
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {
            "Cookie": f"{SESSION_COOKIE}={secret}",
            CSRF_HEADER: csrf_token(secret),
            "Content-Type": "application/json",
        }

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of an answer; ``told_to_ask_again`` is what it said of asking again."""
        content = None if body is None else orjson.dumps(body)
        self.connection.request(method, f"/api/v1{path}", content, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        self.told_to_ask_again = "Retry-After" in answer.headers
        return answer.status, orjson.loads(text) if text else None

    def must(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer that must be a success."""
        status, answer = self.ask(method, path, body)
        assert status < 300, (status, answer)
        return answer

    def complete(self, task: UUID | str, values: dict[str, Any]) -> None:
        """Complete a task; it must succeed."""
        self.must("POST", f"/tasks/{task}/completion", {"values": values})


@dataclass
class Web:
    """A running web server."""

    bench: BenchWorld
    port: int
    pid: int
    """The process that keeps those that answer."""

    def client(self, actor: Actor) -> Client:
        """A client signed in as ``actor``."""
        secret = new_secret()

        def sign_in(session: Any) -> None:
            now = current_time(session)
            session.execute(
                update(User).where(User.id == actor.user_id).values(password_changed_at=now, must_change_password=False)
            )
            session.add(
                SignIn(
                    secret_hash=hash_secret(secret),
                    user_id=actor.user_id,
                    created_at=now,
                    last_seen_at=now,
                    expires_at=now + timedelta(hours=8),
                )
            )

        self.bench.world.run(sign_in)
        return Client(self.port, secret)

    def resident_bytes(self) -> int:
        """The memory of the processes that answer requests."""
        workers = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return sum(int(Path(f"/proc/{worker}/statm").read_text().split()[1]) for worker in workers) * PAGE


@contextmanager
def web(bench: BenchWorld, *, processes: int, threads: int = 4) -> Iterator[Web]:
    """Serve the measured database; everything ends with the block."""
    with (
        socket.create_server(("127.0.0.1", 0), backlog=128) as listener,
        PrivateValkey(bench.folder / "valkey") as valkey,
    ):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what the launcher does
        number = listener.fileno()
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"fd://{number}", "--no-control-socket"]
        command += ["--worker-class", "gthread", "--workers", str(processes), "--threads", str(threads)]
        command += ["--keep-alive", "60"]  # the connections of forty people are opened one by one before the instant
        environment = {
            **os.environ,
            "DATABASE_URL": bench.server.url(DATABASE),
            "REDIS_URL": valkey.url,
            "BINGLIAN_DATA": str(bench.folder),
        }
        log = (bench.folder / "web.log").open("ab")
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, pass_fds=(number,))
        try:
            port = listener.getsockname()[1]
            _wait(port, process)
            yield Web(bench, port, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            log.close()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    # the socket listens already: the first request simply waits for the server
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_TO_START)
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    assert process.poll() is None
