"""Child processes that die with their parent and never see the terminal's Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic

from launcher.trouble import CannotStart


def leash(command: Sequence[str], signal_name: str) -> list[str]:
    """``command`` so that the kernel sends it ``signal_name`` (``TERM``, ``INT``) when the spawning thread dies."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise CannotStart("找不到 setpriv 命令。请安装 util-linux(Debian/Ubuntu:apt-get install util-linux)后重试。")
    return [setpriv, "--pdeathsig", signal_name, *command]


def spawn(
    command: Sequence[str],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    keep: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a session of its own, with its output appended to the file ``log``.

    ``keep`` are file descriptors that it inherits.
    Must be called from the main thread: the parent-death signal follows the thread that spawned.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("spawn from the main thread: the parent-death signal follows the spawning thread")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if environment is None else dict(environment),
            cwd=directory,
            pass_fds=keep,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes], *, number: signal.Signals = signal.SIGTERM, seconds: float = 10.0) -> None:
    """Ask ``process`` to end with signal ``number``; after ``seconds`` kill its whole session."""
    if process.poll() is None:
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Poll ``ready`` until it holds (True), or ``process`` ends or ``seconds`` pass (False)."""
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        if ready():
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
            return False
    return False


def size_of(log: Path) -> int:
    """The bytes of a log so far; 0 when there is none."""
    return log.stat().st_size if log.exists() else 0


def tail(log: Path, lines: int = 5) -> str:
    """The last lines of a log, for an error message; empty when there is none."""
    try:
        return "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:])
    except OSError:
        return ""


def log_since(log: Path, offset: int) -> str:
    """What was appended to ``log`` after byte ``offset``."""
    try:
        with log.open("rb") as stream:
            stream.seek(offset)
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
