"""What only one launcher may have at a time: a data folder and a port."""

from __future__ import annotations

import fcntl
import shutil
import socket
from pathlib import Path
from time import monotonic, sleep
from typing import TextIO

from launcher.trouble import CannotStart, disk_full, is_disk_full

NEEDED_BYTES = 300 * 1024 * 1024  # a new cluster, its write-ahead log, room to work


class DataFolder:
    """The data folder, claimed by a lock that the kernel releases when we die, however we die."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock: TextIO | None = None
        self.after_crash = False

    def claim(self) -> None:
        """Make the folder (0700) and lock it. Raises ``CannotStart``: not writable, full, or in use (exit code 2)."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = (self.path / "launcher.lock").open("a+", encoding="utf-8")
        except OSError as error:
            if is_disk_full(error):
                raise disk_full(self.path) from error
            raise CannotStart(
                f"无法使用数据目录 {self.path}：{error.strerror}。请检查权限，或用 --data 指定另一个目录。"
            ) from error
        self._lock.seek(0)
        holder = self._lock.read().strip()  # a clean end leaves it empty
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._forget()
            raise CannotStart(
                f"平台已在使用数据目录 {self.path} 运行（{holder or '另一个进程'}）。"
                "请先停止它，或用 --data 指定另一个目录。",
                exit_code=2,
            ) from None
        self.after_crash = bool(holder)
        if shutil.disk_usage(self.path).free < NEEDED_BYTES:
            self._forget()
            raise disk_full(self.path)

    def describe(self, text: str) -> None:
        """Write who holds the folder, for the message to a second launcher."""
        assert self._lock is not None
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.write(text)
        self._lock.flush()

    def release(self) -> None:
        """Give the folder back after a clean end."""
        if self._lock is not None:
            self._lock.truncate(0)
            self._forget()

    def _forget(self) -> None:
        assert self._lock is not None
        self._lock.close()
        self._lock = None


def claim_port(host: str, port: int, patience: float = 0.0) -> socket.socket:
    """A listening socket; held by the launcher, so that a restarted web server finds it again.

    ``patience`` are seconds to wait for the web server of a killed launcher to let go. Raises ``CannotStart``
    (exit code 2) when the port is taken or may not be used.
    """
    deadline = monotonic() + patience
    while True:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(512)
        except OSError as error:
            listener.close()
            if monotonic() < deadline:
                sleep(0.1)
                continue
            raise CannotStart(
                f"无法使用 {host} 的端口 {port}：{reason(error)}。"
                f"请结束占用它的程序，或换一个端口：./bl run --port {port + 1 if port < 65535 else 8000}",
                exit_code=2,
            ) from error
        return listener


def reason(error: OSError) -> str:
    """Why a port cannot be had, in Chinese where it is one of the usual causes."""
    if isinstance(error, PermissionError):
        return "没有权限（1024 以下的端口需要 root）"
    return {98: "端口已被占用", 99: "本机没有这个地址"}.get(error.errno or 0, error.strerror or str(error))
