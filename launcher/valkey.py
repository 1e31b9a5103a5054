"""A private Valkey (Redis protocol) from the wheel: unix socket only, nothing kept, dies with its starter."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from launcher.children import leash, spawn, stop, tail, wait_until
from launcher.sockets import socket_folder
from launcher.trouble import CannotStart
from launcher.wheels import valkey_server

SECONDS_TO_START = 20.0


class PrivateValkey:
    """One server; ``data`` receives ``run`` (socket) and ``logs``. The rows are the truth: nothing is written."""

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()
        self.log = self.data / "logs" / "valkey.log"
        self.socket = socket_folder(self.data) / "valkey.sock"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The Redis URL; another logical database is ``url + "?db=1"``."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start the server; raises ``CannotStart`` with the end of its log."""
        self.process = self.launch()
        self.wait_ready()

    def launch(self) -> subprocess.Popen[bytes]:
        """Spawn the server process without waiting for it."""
        self.socket.unlink(missing_ok=True)
        settings = {"port": "0", "unixsocket": str(self.socket), "unixsocketperm": "700", "save": ""}
        settings |= {"appendonly": "no", "maxmemory-policy": "noeviction", "dir": str(self.socket.parent)}
        command = [str(valkey_server())]
        for name, value in settings.items():
            command += [f"--{name}", value]
        return spawn(leash(command, "TERM"), self.log, directory=Path("/"))

    def wait_ready(self) -> None:
        """Wait until the server answers PING."""
        assert self.process is not None
        if not wait_until(self._answers, self.process, SECONDS_TO_START):
            stop(self.process)
            self.process = None
            raise CannotStart(f"Valkey 无法启动（日志 {self.log}）：\n{tail(self.log)}")

    def stop(self) -> None:
        """Stop the server and remove its socket."""
        if self.process is not None:
            stop(self.process)
            self.process = None
        self.socket.unlink(missing_ok=True)

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
