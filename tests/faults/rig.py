"""The processes of a platform on servers of their own: web, two scanners, two workers; any may be killed or held."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any
from uuid import UUID

import psycopg
from redis import Redis
from sqlalchemy import create_engine

from database import clock
from launcher.children import leash, spawn, stop
from launcher.valkey import PrivateValkey
from tests.bench.bench_world import BenchWorld, bench_world
from tests.bench.web import Web
from timers import queues

ROOT = Path(__file__).resolve().parents[2]
FIRST_DAY = datetime(2024, 4, 1, 2, 0, tzinfo=UTC)  # the holidays of all that follows are announced
SCANS, WORKERS, WEB = ("scan-1", "scan-2"), ("worker-1", "worker-2"), ("web",)
ALIVE = "SELECT count(*) FROM heartbeats"
SECONDS_TO_COME = 30.0
SECONDS_TO_START = 60


class Rig:
    """The running platform. Nothing in it knows that it is a test: faults are placed by what the servers show."""

    def __init__(self, bench: BenchWorld, valkey: PrivateValkey, listener: socket.socket) -> None:
        self.bench, self.valkey, self.listener = bench, valkey, listener
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.redis: Redis = queues.connect(valkey.url)
        self._environment = {
            **os.environ,
            "DATABASE_URL": bench.server.url(bench.database),
            "REDIS_URL": valkey.url,
            "BINGLIAN_DATA": str(bench.folder),
            "PYTHONPATH": str(ROOT),
        }

    @property
    def web(self) -> Web:
        """The web server as clients see it."""
        return Web(self.bench, self.listener.getsockname()[1], self.running["web"])

    def tend(self) -> None:
        """Start what does not run, as the supervisor of the launcher does, without its pause."""
        for name in (*WEB, *SCANS, *WORKERS):
            if name not in self.running or self.running[name].poll() is not None:
                self.running[name] = self._launch(name)

    def _launch(self, name: str) -> subprocess.Popen[bytes]:
        log, number = self.bench.folder / "logs" / f"{name}.log", self.listener.fileno()
        entry = name.partition("-")[0]
        if entry != "web":
            command = leash([sys.executable, str(ROOT / f"{entry}.py")], "TERM")
            return spawn(command, log, environment=self._environment, directory=ROOT)
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"fd://{number}", "--no-control-socket"]
        command += ["--preload", "--worker-class", "gthread", "--workers", "2", "--threads", "4"]
        return spawn(leash(command, "QUIT"), log, environment=self._environment, directory=ROOT, keep=(number,))

    def kill(self, names: tuple[str, ...], *, children_only: bool = False) -> None:
        """``kill -9`` of processes with what they forked, or of the forked ones alone."""
        for name in names:
            own = self.running[name].pid
            children = children_of(own)
            for number in children if children_only else [own, *children]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            if not children_only:
                self.running[name].wait(10)

    @contextmanager
    def held(self, *names: str) -> Iterator[None]:
        """The processes stand still meanwhile; what they forked goes on."""
        for name in names:
            self.running[name].send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.release(*names)

    def release(self, *names: str) -> None:
        """Let held processes go on."""
        for name in names:
            if self.running[name].poll() is None:
                self.running[name].send_signal(signal.SIGCONT)

    def superuser(self) -> psycopg.Connection[Any]:
        """A connection that may lock and configure, each statement on its own."""
        return self.bench.server.connect(self.bench.database)

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """The rows of a query."""
        with self.superuser() as connection:
            return connection.execute(statement, values).fetchall()

    def number(self, statement: str, *values: Any) -> int:
        """The one number of a query."""
        return int(self.rows(statement, *values)[0][0])

    def make_due(self) -> UUID:
        """A new stage case, and time until its planning limits have passed (a weekend, now and then)."""
        stage_case = self.bench.stage_case()
        self.move_clock(
            "SELECT max(due_at) - platform_now() + interval '1 second' FROM due_rows WHERE stage_case_id = %s"
            " AND kind = 'timer'",
            stage_case,
        )
        return stage_case

    def move_clock(self, by: str, *values: Any) -> None:
        """Let as much time pass as the query ``by`` says."""
        [(interval,)] = self.rows(by, *values)
        with self.superuser() as connection:
            connection.execute("UPDATE clock_offset SET shift = shift + %s", (interval,))

    def nothing_on_its_way(self) -> bool:
        """Whether no job waits and none runs: what is not done by now was lost."""
        waiting = any(queues.queue(self.redis, name).count for name in (queues.DUE, queues.OUTBOX))
        return not waiting and not any(children_of(self.running[name].pid) for name in WORKERS)

    def restart_redis(self) -> None:
        """Everything in it is lost, and it is away for a moment."""
        self.redis.flushall()
        self.valkey.stop()
        self.valkey.start()

    def restart_postgres(self, *, crash: bool) -> None:
        """Away for a moment; with ``crash`` it has to recover from its log."""
        server = self.bench.server
        assert server.process is not None
        stop(server.process, number=signal.SIGQUIT if crash else signal.SIGINT, seconds=20)
        server.start()
        self.bench.world.sessions.kw["bind"].dispose()  # our own connections broke too


def children_of(pid: int) -> list[int]:
    """What a process has forked and what has not ended."""
    try:
        forked = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [each for each in forked if _lives(each)]


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def came(condition: Callable[[], object], seconds: float = SECONDS_TO_COME) -> bool:
    """Whether the condition came true in time."""
    end, tick = monotonic() + seconds, Event()
    while not condition():
        if monotonic() > end:
            return False
        tick.wait(0.01)
    return True


def begin(owner_url: str) -> None:
    """A clock that moves, and an early day on it."""
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        clock.install_movable_clock(connection)
        clock.set_clock(connection, FIRST_DAY)
    engine.dispose()


@contextmanager
def rig() -> Iterator[Rig]:
    """A running platform on servers of its own, gone at the end."""
    with bench_world(begin) as bench, running(bench) as made:
        yield made


@contextmanager
def running(bench: BenchWorld) -> Iterator[Rig]:
    """The processes of a platform on a database that is there; they end with the block."""
    with (
        PrivateValkey(bench.folder / "valkey") as valkey,
        socket.create_server(("127.0.0.1", 0), backlog=128) as listener,
    ):
        made = Rig(bench, valkey, listener)
        try:
            made.tend()
            assert came(lambda: made.number(ALIVE) == len(SCANS + WORKERS), SECONDS_TO_START), "processes never came"
            yield made
        finally:
            made.release(*made.running)
            for process in made.running.values():
                stop(process)
            made.redis.close()
