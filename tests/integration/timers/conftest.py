"""The region of the tests of the approval domain, a Redis-protocol server, and real worker processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.conftest import Database
from tests.integration.cases.conftest import beginning, database, preparation, prepare, release, sessions, world
from timers import queues

__all__ = ["beginning", "database", "preparation", "prepare", "release", "sessions", "world"]

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def redis(valkey: str) -> Iterator[Redis]:
    """A connection as the scan has it."""
    connection = queues.connect(valkey)
    yield connection
    connection.close()


@pytest.fixture
def start_worker(database: Database, valkey: str, data_folder: Path) -> Iterator[object]:
    """Starts worker processes as the launcher does; they end with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, **settings: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            **settings,
            "DATABASE_URL": database.url,
            "REDIS_URL": valkey,
            "BINGLIAN_DATA": str(data_folder),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "worker.py", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(30)
