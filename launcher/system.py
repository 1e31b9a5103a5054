"""One running platform on one data folder: servers, migrations, first data, web, scan and workers.

``./bl run`` keeps it for as long as somebody wants it; ``./bl demo`` and the tests start one, use it and stop it.
"""

from __future__ import annotations

import http.client
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self

from demo.region import PACK
from launcher.children import leash, log_since, size_of, spawn
from launcher.claims import DataFolder, claim_port
from launcher.first_data import prepare_first_data
from launcher.given import check_redis, given_databases, upgrade
from launcher.places import ROOT
from launcher.postgres import OWNER, PrivatePostgres
from launcher.supervisor import Service, Supervisor
from launcher.trouble import CannotStart, disk_full, says_disk_full
from launcher.valkey import PrivateValkey
from settings import Settings

DATABASE = "binglian"
WEB = "网页接口"
SECONDS_TO_READY = 90.0
SECONDS_OF_IDLE_CONNECTION = 75  # longer than proxies keep theirs (60): who closes first is the one who asks
FAILURES_TO_GIVE_UP = 3
SECONDS_FOR_FORMER_WEB = 10.0
SECONDS_FOR_THE_YOUNG = 0.5
TICK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start: the data folder, the web address, the number of web processes, their threads and workers.

    ``throw_away`` starts servers of its own even where the environment names others, and gives up their crash
    safety; ``prepare`` is given the owner's address of the migrated database before anything is in it. ``pack`` is the
    region pack of the demonstration region.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    web_processes: int = 2
    web_threads: int = 4
    workers: int = 2
    throw_away: bool = False
    prepare: Callable[[str], None] | None = None
    pack: Path = PACK


class Platform:
    """Start with ``start()`` or ``with``; ``stop()`` leaves nothing behind.

    Afterwards there are ``settings``, ``url``, and ``notice``: what whoever started it must know.
    """

    settings: Settings
    notice: str | None = None

    def __init__(self, plan: Plan, report: Callable[[str], None]) -> None:
        self.plan = plan
        self.report = report
        self.logs = plan.data.resolve() / "logs"
        self.supervisor = Supervisor(report)
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The address of the web interface."""
        host = f"[{self.plan.host}]" if ":" in self.plan.host else self.plan.host
        return f"http://{host}:{self._listener.getsockname()[1]}"

    def start(self) -> None:
        """Bring everything up and wait until the web server answers. Raises ``CannotStart``; stops what it began."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        folder = DataFolder(self.plan.data)
        folder.claim()
        self._undo.callback(folder.release)
        patience = SECONDS_FOR_FORMER_WEB if folder.after_crash else 0.0
        self._listener = claim_port(self.plan.host, self.plan.port, patience)
        self._undo.callback(self._listener.close)
        folder.describe(f"进程 {os.getpid()}，{self.url}")
        self._undo.callback(self.supervisor.stop)
        self.settings = self._servers(folder.path)
        self.report("正在升级数据库 …")
        upgrade(self.settings.owner_url, self.settings.database_url)
        if self.plan.prepare is not None:
            self.plan.prepare(self.settings.owner_url)
        self.notice = prepare_first_data(self.settings, self.plan.pack, self.report)
        self._start_web()
        self._start_background()

    def watch(self) -> None:
        """Look after the processes until a signal raises ``KeyboardInterrupt``."""
        while True:
            self.supervisor.tick(monotonic())
            sleep(TICK_SECONDS)

    def stop(self) -> None:
        """Stop the platform's processes, then the servers, then give up port and folder."""
        self.supervisor.stop(names=self.supervisor.names() - {"PostgreSQL", "Valkey"})
        self.supervisor.stop(names={"Valkey"})
        self._undo.close()

    def _servers(self, data: Path) -> Settings:
        """The settings of the processes; private servers where the environment names none."""
        named = {} if self.plan.throw_away else os.environ
        given = given_databases(named)
        database_url, owner_url = given or self._private_postgres(data)
        redis_url = named.get("REDIS_URL")
        if redis_url:
            check_redis(redis_url)
        else:
            redis_url = self._private_valkey(data)
        return Settings(database_url, owner_url, redis_url, data, demo=given is None)

    def _private_postgres(self, data: Path) -> tuple[str, str]:
        self.report("正在启动 PostgreSQL …")
        postgres = PrivatePostgres(data, durable=not self.plan.throw_away)
        self._undo.callback(postgres.stop)
        postgres.start()
        service = Service("PostgreSQL", postgres.launch, postgres.log, signal.SIGINT, 20.0)
        self.supervisor.keep(service, monotonic(), postgres.process)
        if not postgres.has_database(DATABASE):
            postgres.create_database(DATABASE)
        return postgres.url(DATABASE), postgres.url(DATABASE, OWNER)

    def _private_valkey(self, data: Path) -> str:
        self.report("正在启动 Valkey …")
        valkey = PrivateValkey(data)
        self._undo.callback(valkey.stop)
        valkey.start()
        self.supervisor.keep(Service("Valkey", valkey.launch, valkey.log), monotonic(), valkey.process)
        return valkey.url

    def _start_web(self) -> None:
        self.report("正在启动网页接口 …")
        self._keep(WEB, "web", self._web_command(), keep=(self._listener.fileno(),))
        self._wait_for_web()

    def _start_background(self) -> None:
        """After the web, not beside it: all of them at once would make everybody wait longer for the first answer."""
        self.report("正在启动扫描与工作进程 …")
        self._keep("扫描", "scan", leash([sys.executable, str(ROOT / "scan.py")], "TERM"))
        for number in range(1, self.plan.workers + 1):
            command = leash([sys.executable, str(ROOT / "worker.py")], "TERM")
            self._keep(f"工作进程 {number}", f"worker-{number}", command)
        if Settings.from_environment(self.environment()).delivers_outside:
            command = leash([sys.executable, str(ROOT / "worker.py"), "outside"], "TERM")
            self._keep("对外送达", "worker-outside", command)

    def _keep(self, name: str, log_name: str, command: list[str], keep: tuple[int, ...] = ()) -> None:
        log, environment = self.logs / f"{log_name}.log", self.environment()
        launch = partial(spawn, command, log, environment=environment, directory=ROOT, keep=keep)
        self.supervisor.keep(Service(name, launch, log, seconds_when_young=SECONDS_FOR_THE_YOUNG), monotonic())

    def _web_command(self) -> list[str]:
        address = f"fd://{self._listener.fileno()}"
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", address, "--no-control-socket", "--preload"]
        command += ["--worker-class", "gthread", "--workers", str(self.plan.web_processes)]
        command += ["--threads", str(self.plan.web_threads), "--graceful-timeout", "8", "--timeout", "60"]
        command += ["--keep-alive", str(SECONDS_OF_IDLE_CONNECTION)]
        # QUIT is gunicorn's quick end: when the launcher was killed nobody waits for a graceful one
        return leash(command, "QUIT")

    def environment(self) -> dict[str, str]:
        """The environment of the platform's processes: ours, the settings, and not the owner's password."""
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
        environment |= {
            "DATABASE_URL": self.settings.database_url,
            "REDIS_URL": self.settings.redis_url,
            "BINGLIAN_DATA": str(self.settings.data),
            "BINGLIAN_DEMO": "1" if self.settings.demo else "0",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }
        return environment

    def _wait_for_web(self) -> None:
        log = self.logs / "web.log"
        began = size_of(log)
        deadline = monotonic() + SECONDS_TO_READY
        while not answers(self._listener.getsockname()):
            self.supervisor.tick(monotonic())
            failed = self.supervisor.failures(WEB) >= FAILURES_TO_GIVE_UP
            if failed or monotonic() > deadline:
                output = log_since(log, began)
                if says_disk_full(output):
                    raise disk_full(self.plan.data)
                last = "\n".join(output.strip().splitlines()[-8:])
                raise CannotStart(f"网页接口没有启动成功（日志 {log}）：\n{last}")
            sleep(TICK_SECONDS)


def answers(address: tuple[str, int]) -> bool:
    """Whether the web server at the listening ``address`` says that it lives."""
    host, port = address[:2]
    loopback = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = http.client.HTTPConnection(loopback, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
