"""Keeps the platform's processes running: restarts what ends, with a growing pause, and stops all in order."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from launcher.children import stop, tail
from launcher.trouble import says_disk_full

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
YOUNG_SECONDS = 10.0
STEADY_SECONDS = 60.0  # who has run this long is forgiven earlier failures


@dataclass(frozen=True, slots=True)
class Service:
    """A process to keep running: how to start it, its log, and the signal and seconds it gets to end.

    One that loses nothing may be given fewer seconds while it is ``YOUNG``: it has nothing to finish, and may not be
    listening to signals yet.
    """

    name: str
    launch: Callable[[], subprocess.Popen[bytes]]
    log: Path
    signal: signal.Signals = signal.SIGTERM
    seconds: float = 10.0
    seconds_when_young: float | None = None

    def patience(self, age: float) -> float:
        """The seconds that a process of this age gets to end."""
        if self.seconds_when_young is None or age >= YOUNG_SECONDS:
            return self.seconds
        return self.seconds_when_young


class Kept:
    """One service, its process of the moment and its failures in a row."""

    def __init__(self, service: Service, now: float, process: subprocess.Popen[bytes] | None = None) -> None:
        self.service = service
        self.process = process or service.launch()
        self.started = now
        self.failures = 0
        self.restart_at: float | None = None

    def tick(self, now: float) -> str | None:
        """Notice an end, or restart when its pause is over; what happened, in Chinese, or None."""
        if self.restart_at is not None:
            if now < self.restart_at:
                return None
            self.restart_at = None
            self.process, self.started = self.service.launch(), now
            return f"{self.service.name} 已重新启动。"
        code = self.process.poll()
        if code is None:
            return None
        self.failures = 1 if now - self.started >= STEADY_SECONDS else self.failures + 1
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (self.failures - 1))
        self.restart_at = now + pause
        cause = "磁盘已满，请清理" if says_disk_full(tail(self.service.log, 20)) else how(code)
        return f"{self.service.name} 意外退出（{cause}），{pause:g} 秒后重新启动。日志：{self.service.log}"


class Supervisor:
    """The services of one launcher, in the order in which they were started."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._kept: list[Kept] = []

    def keep(self, service: Service, now: float, process: subprocess.Popen[bytes] | None = None) -> Kept:
        """Start ``service``, or take over its running ``process``, and keep it running from now on."""
        kept = Kept(service, now, process)
        self._kept.append(kept)
        return kept

    def tick(self, now: float) -> None:
        """Look after every service once; ``now`` is monotonic seconds."""
        for kept in self._kept:
            message = kept.tick(now)
            if message is not None:
                self._report(message)

    def names(self) -> set[str]:
        """The names of the services."""
        return {kept.service.name for kept in self._kept}

    def failures(self, name: str) -> int:
        """How often in a row the service ended soon after its start."""
        return next(kept.failures for kept in self._kept if kept.service.name == name)

    def stop(self, names: Iterable[str] | None = None) -> None:
        """Stop the named services, or all that are left: all are told at once, then waited for in turn."""
        chosen = set(names) if names is not None else self.names()
        ending = [kept for kept in self._kept if kept.service.name in chosen]
        self._kept = [kept for kept in self._kept if kept not in ending]
        for kept in ending:
            if kept.process.poll() is None:
                kept.process.send_signal(kept.service.signal)
        began = monotonic()
        for kept in ending:
            left = max(0.0, kept.service.patience(began - kept.started) - (monotonic() - began))
            stop(kept.process, number=kept.service.signal, seconds=left)


def how(code: int) -> str:
    """An exit code in words: the signal's name, or the number."""
    return f"信号 {signal.Signals(-code).name}" if code < 0 else f"退出码 {code}"
