"""The processes of a platform on servers of their own: web, two scanners, two workers; any may be killed or held."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any
from uuid import UUID

import psycopg
from redis import Redis
from sqlalchemy import create_engine

from database import clock
from launcher.children import stop
from launcher.valkey import PrivateValkey
from tests.bench.bench_world import BenchWorld, bench_world
from tests.bench.web import Web
from tests.faults.births import Running
from timers import queues

ROOT = Path(__file__).resolve().parents[2]
FIRST_DAY = datetime(2024, 4, 1, 2, 0, tzinfo=UTC)  # the holidays of all that follows are announced
SCANS, WORKERS, WEB = ("scan-1", "scan-2"), ("worker-1", "worker-2"), ("web",)
ALIVE = "SELECT count(*) FROM heartbeats"
SECONDS_TO_COME = 30.0
FEW_LIMITS = ("6", "1")  # a process type and a stage in which one department is asked
HELD = {
    "approval": ("department_head", "lead_officer", "supervisor"),
    "natural_resources": ("officer", "department_head", "lead_officer"),
}
"""The posts that are told of what passes here: notices reach people, who would see them twice."""
NO_POWER_CUT = ("fsync=off",)  # processes are killed here, not the machine: what was written stays
SECONDS_TO_START = 60


class Rig:
    """The running platform. Nothing in it knows that it is a test: faults are placed by what the servers show."""

    def __init__(self, bench: BenchWorld, valkey: PrivateValkey, listener: socket.socket) -> None:
        self.bench, self.valkey, self.listener = bench, valkey, listener
        self.running: dict[str, Running] = {}
        self.passed = timedelta()  # by which the clock was moved
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
        return Web(self.bench, self.listener.getsockname()[1], self.running["web"].pid)

    def tend(self) -> None:
        """Start what does not run, as the supervisor of the launcher does, without its pause."""
        for name in (*WEB, *SCANS, *WORKERS):
            if name not in self.running or not self.running[name].alive:
                self.running[name] = self._launch(name)

    def _launch(self, name: str) -> Running:
        log = self.bench.folder / "logs" / f"{name}.log"
        return Running(name, self._environment, log, self.listener if name in WEB else None)

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
            self.running[name].send(signal.SIGSTOP)
        try:
            yield
        finally:
            self.release(*names)

    def release(self, *names: str) -> None:
        """Let held processes go on."""
        for name in names:
            self.running[name].send(signal.SIGCONT)

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
        stage_case = self.bench.stage_case(*FEW_LIMITS)
        self.move_clock(
            "SELECT max(due_at) - platform_now() + interval '1 second' FROM due_rows WHERE stage_case_id = %s"
            " AND kind = 'timer'",
            stage_case,
        )
        return stage_case

    def move_clock(self, by: str, *values: Any) -> None:
        """Let as much time pass as the query ``by`` says."""
        [(interval,)] = self.rows(by, *values)
        self.passed += interval
        with self.superuser() as connection:
            connection.execute("UPDATE clock_offset SET shift = shift + %s", (interval,))

    def nothing_waits(self) -> bool:
        """Whether no job waits for a worker: what is claimed and not done is being done, or was lost."""
        return not any(queues.queue(self.redis, name).count for name in (queues.DUE, queues.OUTBOX))

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


def came(condition: Callable[[], object], seconds: float = SECONDS_TO_COME, look_every: float = 0.01) -> bool:
    """Whether the condition came true in time."""
    end, tick = monotonic() + seconds, Event()
    while not condition():
        if monotonic() > end:
            return False
        tick.wait(look_every)
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
    with bench_world(begin, settings=NO_POWER_CUT) as bench:
        for organisation, roles in HELD.items():
            for role in roles:
                bench.world.person(organisation, role)
        with running(bench) as made:
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
                process.stop()
            made.redis.close()
