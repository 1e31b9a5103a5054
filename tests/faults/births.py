"""Where the processes of the rig come from: each is forked from one that has imported everything, as gunicorn does it.

What runs in it is the entry itself (``scan.py``, ``worker.py``, gunicorn with ``wsgi.py``), with an environment and a
log of its own. Only the seconds that Python takes to import are saved, and a storm restarts dozens of processes.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from gunicorn.app.wsgiapp import run as serve  # type: ignore[import-untyped]

import scan
import worker
from api import app

ROOT = Path(__file__).resolve().parents[2]
NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload([__name__])
IMPORTED = (app,)  # by wsgi.py, in the process itself: it reads the environment
SERVED = ("--no-control-socket", "--preload", "--worker-class", "gthread", "--workers", "2", "--threads", "4")
SET_PARENT_DEATH_SIGNAL = 1
SECONDS_TO_STOP = 10.0


class Running:
    """One process of the platform."""

    def __init__(self, name: str, environment: Mapping[str, str], log: Path, listener: socket.socket | None) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        entry = name.partition("-")[0]
        self._process: ForkServerProcess = NURSERY.Process(
            target=_live, args=(entry, dict(environment), str(log), listener), daemon=True
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs, or stands still."""
        return self._process.is_alive()

    def send(self, number: signal.Signals) -> None:
        """Signal it, if it is still there."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def wait(self, seconds: float) -> None:
        """Until it is gone."""
        self._process.join(seconds)
        assert not self.alive, "a killed process lives"

    def stop(self) -> None:
        """Ask it to end; what has not ended in time is killed with all that it forked."""
        self.send(signal.SIGTERM)
        self._process.join(SECONDS_TO_STOP)
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self._process.join()


def _live(entry: str, environment: dict[str, str], log: str, listener: socket.socket | None) -> None:
    os.setsid()
    ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.update(environment)
    os.chdir(ROOT)
    if listener is None:
        {"scan": scan.main, "worker": worker.main}[entry]()
        return
    sys.argv = ["gunicorn", "wsgi:app", "--bind", f"fd://{listener.fileno()}", *SERVED]
    serve()
