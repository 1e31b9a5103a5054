"""A private PostgreSQL 18 from the wheel: unix socket only, dies with the process that started it.

Whoever may enter the socket folder (mode 0700) is trusted; deployments that need more set DATABASE_URL.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from launcher.children import leash, log_since, size_of, spawn, stop, tail, wait_until
from launcher.identity import server_identity
from launcher.sockets import socket_folder
from launcher.trouble import CannotStart, disk_full, says_disk_full
from launcher.wheels import postgres_binaries

MAJOR = "18"
SUPERUSER = "postgres"
OWNER = "binglian_owner"
APPLICATION = "binglian_app"
SECONDS_TO_START = 60.0  # recovery after a crash may take a while
SECONDS_TO_STOP = 20.0
THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


class PrivatePostgres:
    """One server on one data folder.

    ``data`` receives ``postgres`` (the cluster), ``run`` (sockets) and ``logs``; ``durable=False`` gives up crash
    safety and autovacuum for speed (tests only); ``settings`` are further ``name=value`` server settings.
    """

    def __init__(
        self, data: Path, *, durable: bool = True, connections: int = 100, settings: tuple[str, ...] = ()
    ) -> None:
        self.data = data.resolve()
        self.cluster = self.data / "postgres"
        self.log = self.data / "logs" / "postgres.log"
        self.sockets = socket_folder(self.data)
        self.process: subprocess.Popen[bytes] | None = None
        self._settings = (f"max_connections={connections}", *(() if durable else THROW_AWAY), *settings)
        self._identity = server_identity()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, database: str, user: str = APPLICATION) -> str:
        """The SQLAlchemy URL of ``database`` for ``user``."""
        return f"postgresql+psycopg://{user}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def connect(self, database: str = "postgres", user: str = SUPERUSER) -> psycopg.Connection:
        """A psycopg connection in autocommit mode."""
        return psycopg.connect(host=str(self.sockets), dbname=database, user=user, autocommit=True)

    def ensure(self) -> None:
        """Create the cluster if there is none; a half-made one is made anew.

        Raises ``CannotStart`` when the folder belongs to another major version or the disk is full.
        """
        version = self.cluster / "PG_VERSION"
        if version.exists():
            found = version.read_text().strip()
            if found != MAJOR:
                raise CannotStart(
                    f"数据目录 {self.cluster} 属于 PostgreSQL {found}，本版本使用 {MAJOR}。"
                    f"请用 --data 指定新目录，或先用 pg_upgrade 升级。"
                )
            return
        making = self.data / "postgres.making"  # renamed when whole: an interrupted initdb leaves no false cluster
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700, parents=True)
        self._identity.own(making)
        command = [*self._identity.prefix, str(postgres_binaries() / "initdb"), "-D", str(making), "-U", SUPERUSER]
        command += ["--locale=C.UTF-8", "-E", "UTF8", "-A", "trust", "--no-sync", "--no-instructions"]
        made = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", timeout=300)
        if made.returncode != 0:
            shutil.rmtree(making, ignore_errors=True)
            self._refuse(made.stderr or made.stdout)
        os.replace(making, self.cluster)

    def start(self) -> None:
        """Start the server, create the two roles on the first start. Raises ``CannotStart`` saying why not."""
        self.ensure()
        self._identity.own(self.cluster)
        self._clear_former()
        self.process = self.launch()
        self.wait_ready()

    def launch(self) -> subprocess.Popen[bytes]:
        """Spawn the server process without waiting for it (the supervisor restarts it this way)."""
        command = [str(postgres_binaries() / "postgres"), "-D", str(self.cluster)]
        fixed = ("listen_addresses=", f"unix_socket_directories={self.sockets}", "unix_socket_permissions=0700")
        for setting in (*fixed, "timezone=UTC", "log_timezone=UTC", *self._settings):
            command += ["-c", setting]
        self._offset = size_of(self.log)
        # the leash goes on last: changing user or namespace would take it off again
        return spawn([*self._identity.prefix, *leash(command, "INT")], self.log, directory=Path("/"))

    def wait_ready(self) -> None:
        """Wait until the server answers and has its roles."""
        assert self.process is not None
        if not wait_until(self._answers, self.process, SECONDS_TO_START):
            stop(self.process, number=signal.SIGQUIT, seconds=SECONDS_TO_STOP)
            self.process = None
            self._refuse(log_since(self.log, self._offset))
        with self.connect() as connection:
            for role in (OWNER, APPLICATION):
                with contextlib.suppress(psycopg.errors.DuplicateObject):
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))

    def stop(self) -> None:
        """Stop the server (fast shutdown: open connections are closed, everything is written)."""
        if self.process is not None:
            stop(self.process, number=signal.SIGINT, seconds=SECONDS_TO_STOP)
            self.process = None

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """Create database ``name`` owned by the owner role, as a copy of ``template`` if one is given.

        Nobody may be connected to the template meanwhile.
        """
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template or "template1")
        )
        with self.connect() as connection:
            connection.execute(statement)

    def drop_database(self, name: str) -> None:
        """Drop database ``name`` if it is there, closing whatever is connected to it."""
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def has_database(self, name: str) -> bool:
        """Whether there is a database ``name``."""
        with self.connect() as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def _answers(self) -> bool:
        if not (self.sockets / ".s.PGSQL.5432").exists():
            return False
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _clear_former(self) -> None:
        """Wait for the server of a killed launcher to finish; forget a pid file whose number is somebody else's."""
        pid_file = self.cluster / "postmaster.pid"
        try:
            former = int(pid_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        deadline = monotonic() + SECONDS_TO_STOP
        while self._is_ours(former):
            if monotonic() > deadline:
                raise CannotStart(f"{self.data} 的 PostgreSQL（进程 {former}）仍在运行。请先结束它：kill {former}")
            sleep(0.05)
        pid_file.unlink(missing_ok=True)

    def _is_ours(self, process: int) -> bool:
        try:
            words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(self.cluster) in words

    def _refuse(self, output: str) -> None:
        if says_disk_full(output):
            raise disk_full(self.data)
        last = "\n".join(output.strip().splitlines()[-5:]) or tail(self.log)
        raise CannotStart(f"PostgreSQL 无法启动（数据目录 {self.data}，日志 {self.log}）：\n{last}")
