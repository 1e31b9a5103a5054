"""What only one launcher may have at a time: a data folder and a port."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import socket
from pathlib import Path
from time import monotonic, sleep
from typing import TextIO

from launcher.trouble import CannotStart, disk_full, is_disk_full

LOCK = "launcher.lock"
FOLDER_CAUSES = {
    errno.EEXIST: "这是一个文件，不是目录",
    errno.ENOTDIR: "路径中有一段是文件，不是目录",
    errno.EACCES: "没有写入的权限",
    errno.EPERM: "没有写入的权限",
    errno.EROFS: "所在的文件系统只读",
    errno.ENAMETOOLONG: "路径太长",
}
NEEDED_BYTES = 300 * 1024 * 1024  # a new cluster, its write-ahead log, room to work


class DataFolder:
    """The data folder, claimed by a lock that the kernel releases when we die, however we die."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock: TextIO | None = None
        self._made: list[Path] = []
        self.after_crash = False

    def claim(self) -> None:
        """Make the folder (0700) and lock it. Raises ``CannotStart``: not writable, full, or in use (exit code 2)."""
        self._made = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = (self.path / LOCK).open("a+", encoding="utf-8")
        except OSError as error:
            if is_disk_full(error):
                raise disk_full(self.path) from error
            cause = FOLDER_CAUSES.get(error.errno or 0) or f"{error.strerror}，请检查权限"
            raise CannotStart(f"无法使用数据目录 {self.path}：{cause}。请用 --data 指定另一个目录。") from error
        self._lock.seek(0)
        holder = self._lock.read().strip()  # a clean end leaves it empty
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._made = []  # it is the other one's by now
            self._forget()
            raise CannotStart(
                f"平台已在使用数据目录 {self.path} 运行（{holder or '另一个进程'}）。"
                "请先停止它，或用 --data 指定另一个目录。",
                exit_code=2,
            ) from None
        if not self._lock_is_there():  # whoever held it took the folder away with it
            self._forget()
            self.claim()
            return
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
        """Give the folder back after a clean end; one that was made for nothing goes again."""
        if self._lock is None:
            return
        self._lock.truncate(0)
        self._forget()

    def _forget(self) -> None:
        assert self._lock is not None
        if self._made and self._lock_is_there() and os.listdir(self.path) == [LOCK]:
            (self.path / LOCK).unlink()
            with contextlib.suppress(OSError):  # whatever somebody put there meanwhile stays
                for folder in self._made:
                    folder.rmdir()
        self._lock.close()
        self._lock = None

    def _lock_is_there(self) -> bool:
        assert self._lock is not None
        try:
            return os.path.samestat(os.fstat(self._lock.fileno()), (self.path / LOCK).stat())
        except OSError:
            return False


def claim_port(host: str, port: int, patience: float = 0.0) -> socket.socket:
    """A listening socket; held by the launcher, so that a restarted web server finds it again.

    ``patience`` are seconds to wait for the web server of a killed launcher to let go. Raises ``CannotStart``
    (exit code 2) when the port is taken or may not be used.
    """
    deadline = monotonic() + patience
    while True:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(512)
        except OSError as error:
            listener.close()
            if error.errno == errno.EADDRINUSE and monotonic() < deadline:
                sleep(0.1)
                continue
            raise CannotStart(port_refusal(host, port, error), exit_code=2) from error
        return listener


def port_refusal(host: str, port: int, error: OSError) -> str:
    """Why an address cannot be listened on, and what to do, in Chinese."""
    other = f"换一个端口：./bl run --port {port + 1 if 1024 <= port < 65535 else 8000}"
    if error.errno == errno.EADDRINUSE:
        return f"无法使用 {host} 的端口 {port}：端口已被占用。请结束占用它的程序，或{other}"
    if isinstance(error, PermissionError):
        return f"无法使用 {host} 的端口 {port}：没有权限（1024 以下的端口需要 root）。请{other}"
    if isinstance(error, socket.gaierror) or error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EINVAL):
        return (
            f"本机没有地址 {host}。--host 是本机用来监听的地址：127.0.0.1 只供本机访问，"
            "0.0.0.0（IPv6 为 ::）供能连到本机的所有人访问。"
        )
    return f"无法使用 {host} 的端口 {port}：{error.strerror or error}。请核对 --host，或{other}"
