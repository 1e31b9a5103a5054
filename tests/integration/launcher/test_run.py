"""``./bl run`` on a real machine: it answers, it is alone on its folder and port, and it leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import monotonic
from types import MappingProxyType

import psycopg
import pytest

from launcher.places import ROOT
from launcher.postgres import APPLICATION, OWNER, PrivatePostgres
from tests.integration.launcher.processes import becoming, eventually, running

FIRST_ADMINISTRATOR = {
    "username": "administrator",
    "display_name": "管理员",
    "password": "fresh-Platform-2026!",
    "region_code": "210782",
    "region_name": "北镇市",
    "organisation_name": "北镇市行政审批局",
}
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


class Run:
    """One ``./bl run`` on ``data``, started as from a terminal: in a process group of its own."""

    def __init__(
        self,
        data: Path,
        *options: str,
        prefix: tuple[str, ...] = (),
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.data = data
        command = [*prefix, str(ROOT / "bl"), "run", "--data", str(data), "--workers", "1", *options]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "REDIS_"))}
        self.process = subprocess.Popen(
            command,
            env={**inherited, **environment},
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = ""

    def until_started(self) -> str:
        """Read what it says until it says how to stop it; the address that it named."""
        self.until_said("按 Ctrl-C 停止")
        return self.find("平台已启动：(http://.*)")

    def until_said(self, beginning: str) -> None:
        """Read what it says up to the line with this beginning."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if line.startswith(beginning):
                return
        raise AssertionError(f"it ended with {self.process.wait()}:\n{self.said}")

    def find(self, pattern: str) -> str:
        """The first group of ``pattern`` in what it said."""
        found = re.search(pattern, self.said)
        assert found, self.said
        return found[1]

    def until_ended(self) -> int:
        """Read the rest of what it says; its exit code."""
        self.said += self.process.communicate(timeout=60)[0]
        return self.process.returncode

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group, as the terminal's Ctrl-C does."""
        os.killpg(self.process.pid, number)


def answer(url: str) -> object:
    """The JSON that the address answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as response:
        return json.load(response)


def post(url: str, body: Mapping[str, str]) -> int:
    """The status with which a JSON body is answered."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as response:
        return int(response.status)


def is_ready(url: str) -> bool:
    """Whether every check of readiness passes."""
    try:
        answer(f"{url}/readyz")
    except urllib.error.HTTPError as error:
        error.close()
        return False
    return True


def nothing_left(data: Path) -> bool:
    """Whether no process knows the data folder any more."""
    return eventually(lambda: running(str(data)) == {})


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data folder, kept over the tests of this file: each start finds it new or used, and works."""
    folder = Path("/tmp") / f"binglian-run-{os.getpid()}"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_it_becomes_ready_and_ctrl_c_leaves_nothing_behind(data: Path) -> None:
    run = Run(data, "--port", "0")
    url = run.until_started()
    assert answer(f"{url}/healthz") == {"status": "ok"}
    assert eventually(lambda: is_ready(url))
    accounts = data / "demo-accounts.json"
    assert str(accounts) in run.said
    assert accounts.stat().st_mode & 0o077 == 0
    run.signal(signal.SIGINT)
    assert run.until_ended() == 0
    assert run.said.endswith("已停止。\n")
    assert running(str(data)) == {}
    assert list((data / "run").iterdir()) == []


def test_a_killed_launcher_leaves_no_process_and_the_next_start_goes_on(data: Path) -> None:
    run = Run(data, "--port", "0")
    url = run.until_started()
    kinds = " ".join(running(str(data)).values())
    assert all(kind in kinds for kind in ("postgres", "valkey-server", "gunicorn", "scan.py", "worker.py"))
    run.process.kill()
    run.until_ended()
    again = Run(data, "--port", url.rsplit(":", 1)[1])
    assert again.until_started() == url
    again.signal(signal.SIGKILL)
    again.until_ended()
    assert nothing_left(data), running(str(data))


@pytest.mark.parametrize("moment", ["正在启动 PostgreSQL", "正在升级数据库", "正在启动网页接口", "按 Ctrl-C 停止"])
def test_ctrl_c_while_it_starts_leaves_nothing_behind(data: Path, moment: str) -> None:
    run = Run(data, "--port", "0")
    run.until_said(moment)
    run.signal(signal.SIGINT)
    assert run.until_ended() == 0
    assert run.said.endswith("已停止。\n")
    assert running(str(data)) == {}


def test_the_second_start_is_quick_and_finds_the_data(data: Path) -> None:
    first = Run(data, "--port", "0")
    first.until_started()
    with psycopg.connect(host=str(data / "run"), dbname="binglian", user=OWNER) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 1 AS number")
    first.signal(signal.SIGTERM)
    assert first.until_ended() == 0
    began = monotonic()
    second = Run(data, "--port", "0")
    second.until_started()
    assert monotonic() - began < 15
    with psycopg.connect(host=str(data / "run"), dbname="binglian", user=OWNER) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (1,)
    second.signal(signal.SIGINT)
    second.until_ended()


def test_who_comes_second_to_a_folder_or_a_port_is_told_so(data: Path, tmp_path: Path) -> None:
    first = Run(data, "--port", "0")
    url = first.until_started()
    same_folder = Run(data, "--port", "0")
    assert same_folder.until_ended() == 2
    assert f"平台已在使用数据目录 {data} 运行" in same_folder.said
    assert url in same_folder.said
    same_port = Run(tmp_path / "data", "--port", url.rsplit(":", 1)[1])
    assert same_port.until_ended() == 2
    assert "端口已被占用" in same_port.said
    assert not (tmp_path / "data").exists()
    assert answer(f"{url}/healthz") == {"status": "ok"}
    first.signal(signal.SIGINT)
    first.until_ended()


def test_what_crashes_is_started_again(data: Path) -> None:
    run = Run(data, "--port", "0")
    url = run.until_started()
    for kind in ("scan.py", "postgres -D", "valkey-server"):
        victims = {number for number, command in running(str(data)).items() if kind in command}
        os.kill(min(victims), signal.SIGKILL)
        assert eventually(
            lambda kind=kind, gone=victims: any(  # type: ignore[misc]
                kind in command and number not in gone for number, command in running(str(data)).items()
            )
        )
    assert eventually(lambda: postgres_answers(data))
    assert answer(f"{url}/healthz") == {"status": "ok"}
    run.signal(signal.SIGINT)
    assert run.until_ended() == 0
    assert running(str(data)) == {}


def postgres_answers(data: Path) -> bool:
    """Whether the private server is up."""
    try:
        psycopg.connect(host=str(data / "run"), dbname="binglian", user=OWNER).close()
    except psycopg.OperationalError:
        return False
    return True


@only_root
def test_it_runs_as_an_ordinary_user() -> None:
    folder = Path("/tmp") / f"binglian-ordinary-{os.getpid()}"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    run = Run(folder / "data", "--port", "0", prefix=becoming(65534), environment={"HOME": str(folder)})
    url = run.until_started()
    assert answer(f"{url}/healthz") == {"status": "ok"}
    owners = {Path(f"/proc/{number}").stat().st_uid for number in running(str(folder / "data"))}
    assert owners == {65534}
    run.signal(signal.SIGINT)
    assert run.until_ended() == 0
    assert running(str(folder)) == {}
    shutil.rmtree(folder)


def test_it_works_on_given_servers(data: Path, postgres: PrivatePostgres, valkey: str, tmp_path: Path) -> None:
    name = f"given_{os.getpid()}"
    postgres.create_database(name)
    addresses = {"DATABASE_URL": postgres.url(name, APPLICATION), "DATABASE_OWNER_URL": postgres.url(name, OWNER)}
    run = Run(tmp_path / "data", "--port", "0", environment={"REDIS_URL": valkey, **addresses})
    url = run.until_started()
    assert answer(f"{url}/healthz") == {"status": "ok"}
    code = run.find(r"一次性设置码（用于 POST /api/v1/setup）：(\S+)")
    assert post(f"{url}/api/v1/setup", {"code": code, **FIRST_ADMINISTRATOR}) == 201
    assert not (tmp_path / "data" / "postgres").exists()
    assert "binglian_owner" not in " ".join(environments(tmp_path / "data"))
    run.signal(signal.SIGINT)
    assert run.until_ended() == 0
    postgres.drop_database(name)


def environments(data: Path) -> list[str]:
    """The environments of the platform's processes, without the launcher's own."""
    numbers = [number for number, command in running(str(data)).items() if "launcher" not in command]
    assert numbers
    return [Path(f"/proc/{number}/environ").read_text("utf-8", "replace") for number in numbers]


def test_a_database_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"postgresql://somebody:secret@127.0.0.1:{port}/nothing"
    run = Run(tmp_path / "data", "--port", "0", environment={"DATABASE_URL": address})
    assert run.until_ended() == 1
    assert "连不上数据库" in run.said
    assert "secret" not in run.said
    assert "Traceback" not in run.said
    assert running(str(tmp_path)) == {}
