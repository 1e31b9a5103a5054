"""The supervisor restarts what ends, waits longer each time, and forgives after a steady run."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from launcher.supervisor import LONGEST_PAUSE_SECONDS, STEADY_SECONDS, YOUNG_SECONDS, Service, Supervisor

NO_LOG = Path("/nonexistent/log")


class Launches:
    """Starts real processes: quick ones that fail, or one that stays."""

    def __init__(self, *command: str) -> None:
        self.command = command
        self.processes: list[subprocess.Popen[bytes]] = []

    def __call__(self) -> subprocess.Popen[bytes]:
        self.processes.append(subprocess.Popen(self.command, start_new_session=True))
        return self.processes[-1]

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def failing() -> Iterator[Launches]:
    launches = Launches("false")
    yield launches
    launches.end()


@pytest.fixture
def staying() -> Iterator[Launches]:
    launches = Launches("tail", "-f", "/dev/null")
    yield launches
    launches.end()


def test_a_failing_process_is_restarted_after_a_pause_that_doubles(failing: Launches) -> None:
    told: list[str] = []
    supervisor = Supervisor(told.append)
    supervisor.keep(Service("网页接口", failing, NO_LOG), 0.0)
    now, pauses = 0.0, []
    for _ in range(9):
        failing.processes[-1].wait()
        supervisor.tick(now)
        began, count = now, len(failing.processes)
        while len(failing.processes) == count:
            now += 0.25
            supervisor.tick(now)
        pauses.append(now - began)
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert pauses[-1] == LONGEST_PAUSE_SECONDS
    assert told[:2] == [f"网页接口 意外退出（退出码 1），0.5 秒后重新启动。日志：{NO_LOG}", "网页接口 已重新启动。"]


def test_a_process_that_ran_steadily_is_restarted_at_once_again(failing: Launches) -> None:
    supervisor = Supervisor(lambda text: None)
    supervisor.keep(Service("扫描", failing, NO_LOG), 0.0)
    for now in (0.0, 1.0, 1.0, 5.0):
        failing.processes[-1].wait()
        supervisor.tick(now)
    assert supervisor.failures("扫描") == 2
    failing.processes[-1].wait()
    supervisor.tick(5.0 + STEADY_SECONDS)
    assert supervisor.failures("扫描") == 1


def test_a_killed_process_is_reported_with_its_signal(staying: Launches) -> None:
    told: list[str] = []
    supervisor = Supervisor(told.append)
    supervisor.keep(Service("工作进程 1", staying, NO_LOG), 0.0)
    supervisor.tick(1.0)
    assert told == []
    staying.processes[0].kill()
    staying.processes[0].wait()
    supervisor.tick(2.0)
    assert told == [f"工作进程 1 意外退出（信号 SIGKILL），0.5 秒后重新启动。日志：{NO_LOG}"]


def test_stopping_ends_the_named_services_and_keeps_the_others(staying: Launches) -> None:
    supervisor = Supervisor(lambda text: None)
    supervisor.keep(Service("PostgreSQL", staying, NO_LOG, signal.SIGINT), 0.0)
    supervisor.keep(Service("扫描", staying, NO_LOG), 0.0)
    supervisor.stop(names={"扫描"})
    assert [process.poll() for process in staying.processes] == [None, -signal.SIGTERM]
    supervisor.stop()
    assert staying.processes[0].poll() == -signal.SIGINT


def test_a_process_that_ignores_the_request_to_end_is_killed() -> None:
    stubborn = Launches(
        "python3", "-c", "import signal; signal.signal(15, signal.SIG_IGN); print(flush=True); signal.pause()"
    )
    process = subprocess.Popen(stubborn.command, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    process.stdout.readline()
    supervisor = Supervisor(lambda text: None)
    supervisor.keep(Service("扫描", stubborn, NO_LOG, seconds=0.2), 0.0, process)
    supervisor.stop()
    process.stdout.close()
    assert process.poll() == -signal.SIGKILL


def test_an_end_for_want_of_disk_space_is_named_as_such(failing: Launches, tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    log.write_text("PANIC:  could not write to file: No space left on device\n")
    told: list[str] = []
    supervisor = Supervisor(told.append)
    supervisor.keep(Service("PostgreSQL", failing, log), 0.0)
    failing.processes[0].wait()
    supervisor.tick(1.0)
    assert "PostgreSQL 意外退出（磁盘已满，请清理）" in told[0]


def test_who_has_only_begun_is_not_waited_for_as_long() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what it starts inherits: it never hears the request
    deaf = Launches("tail", "-f", "/dev/null")
    try:
        supervisor = Supervisor(print)
        supervisor.keep(Service("deaf", deaf, NO_LOG, seconds=20, seconds_when_young=0.1), monotonic())
        supervisor.stop()
        assert deaf.processes[0].poll() == -signal.SIGKILL
    finally:
        signal.signal(signal.SIGTERM, before)
        deaf.end()


def test_who_has_run_for_a_while_gets_its_time_to_end() -> None:
    service = Service("web", Launches("true"), NO_LOG, seconds=600, seconds_when_young=0.1)
    assert service.patience(YOUNG_SECONDS - 1) == 0.1
    assert service.patience(YOUNG_SECONDS) == 600
    assert Service("PostgreSQL", Launches("true"), NO_LOG, seconds=20).patience(0) == 20
