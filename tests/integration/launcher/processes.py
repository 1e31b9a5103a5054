"""Hands on real processes, for the launcher's tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep


def running(marker: str) -> dict[int, str]:
    """The processes (number and command line) whose command line or environment names ``marker``, not we ourselves."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal() or int(folder.name) == os.getpid():
            continue
        try:
            command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:
            continue
        if command and marker.encode() in command + b"\0" + environment:
            found[int(folder.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether ``condition`` comes true within ``seconds`` of watching another process."""
    deadline = monotonic() + seconds
    while not condition():
        if monotonic() > deadline:
            return False
        sleep(0.05)
    return True


def becoming(user: int) -> tuple[str, ...]:
    """The command prefix by which root becomes ``user``.

    Where that user cannot reach this interpreter (one under /root), it is let through for reading, and only that.
    """
    plain = ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups")
    # a child of the child: setpriv itself may still reach what the user cannot
    probe = [*plain, "/bin/sh", "-c", '"$0" -c ""', sys.executable]
    if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
        return plain
    return (*plain, "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search")
