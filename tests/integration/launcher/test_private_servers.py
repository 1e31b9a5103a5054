"""Private servers start as anybody, keep their data, and die with the process that started them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from launcher.places import ROOT
from launcher.postgres import APPLICATION, OWNER, PrivatePostgres
from launcher.trouble import CannotStart
from launcher.valkey import PrivateValkey
from tests.integration.launcher.processes import becoming, eventually, running

HOLD = """
import signal, sys
from pathlib import Path
from launcher.postgres import PrivatePostgres
from launcher.valkey import PrivateValkey
data = Path(sys.argv[1])
postgres, valkey = PrivatePostgres(data, durable=False), PrivateValkey(data)
postgres.start()
valkey.start()
print(postgres.sockets, flush=True)
signal.pause()
"""
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def hold(data: Path, *prefix: str, **environment: str) -> subprocess.Popen[str]:
    """A process that holds both servers on ``data``; returns when they are up."""
    command = [*prefix, sys.executable, "-c", HOLD, str(data)]
    wanted = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    process = subprocess.Popen(command, env=wanted, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline().strip(), "the servers did not start"
    process.stdout.close()
    return process


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that any user may be given."""
    folder = Path("/tmp") / f"binglian-servers-{os.getpid()}"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def forbidden_namespaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that forbids user namespaces: its unshare fails."""
    tool = tmp_path / "unshare"
    tool.write_text("#!/bin/sh\necho 'unshare failed: Operation not permitted' >&2\nexit 1\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


def test_data_outlives_the_server(data: Path) -> None:
    with PrivatePostgres(data, durable=False) as server:
        server.create_database("kept")
        with server.connect("kept", OWNER) as connection:
            connection.execute("CREATE TABLE projects (name text)")
            connection.execute("INSERT INTO projects VALUES ('滨江中学')")
    with PrivatePostgres(data, durable=False) as server:
        assert server.has_database("kept")
        with server.connect("kept", OWNER) as connection:
            assert connection.execute("SELECT name FROM projects").fetchall() == [("滨江中学",)]


def test_neither_role_is_a_superuser_and_the_owner_owns_the_database(data: Path) -> None:
    with PrivatePostgres(data, durable=False) as server:
        server.create_database("platform")
        with server.connect("platform") as connection:
            roles = connection.execute(
                "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = ANY(%s)",
                [[OWNER, APPLICATION]],
            ).fetchall()
            owner = connection.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'platform'")
            assert owner.fetchone() == (OWNER,)
        assert sorted(roles) == [(APPLICATION, False, False, False), (OWNER, False, False, False)]


def test_a_copied_database_holds_what_its_template_held(data: Path) -> None:
    with PrivatePostgres(data, durable=False) as server:
        server.create_database("first")
        with server.connect("first", OWNER) as connection:
            connection.execute("CREATE TABLE things AS SELECT 7 AS number")
        server.create_database("second", template="first")
        with server.connect("second", OWNER) as connection:
            assert connection.execute("SELECT number FROM things").fetchone() == (7,)
        server.drop_database("second")
        assert not server.has_database("second")


def test_text_search_finds_chinese_and_no_network_port_is_open(data: Path) -> None:
    with PrivatePostgres(data, durable=False) as server, server.connect() as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        assert connection.execute("SELECT '建设工程规划许可证' LIKE '%规划许可%'").fetchone() == (True,)
        assert connection.execute("SELECT show_trgm('规划许可') <> '{}'").fetchone() == (True,)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)


def test_a_half_made_cluster_is_made_anew(data: Path) -> None:
    making = data / "postgres.making"
    making.mkdir()
    (making / "PG_VERSION").write_text("18\n")
    with PrivatePostgres(data, durable=False) as server:
        assert not server.has_database("anything")
    assert not making.exists()


def test_a_folder_of_another_major_version_is_refused(data: Path) -> None:
    cluster = data / "postgres"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(CannotStart, match="属于 PostgreSQL 15，本版本使用 18"):
        PrivatePostgres(data).start()


def test_a_server_that_cannot_start_says_why(data: Path) -> None:
    server = PrivatePostgres(data, durable=False, settings=("shared_buffers=nonsense",))
    with pytest.raises(CannotStart, match="shared_buffers"):
        server.start()
    assert running(str(data / "postgres")) == {}


def test_a_disk_without_room_for_the_cluster_is_named_as_such(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = data / "bin"
    full.mkdir()
    (full / "initdb").write_text("#!/bin/sh\necho 'initdb: could not write: No space left on device' >&2\nexit 1\n")
    (full / "initdb").chmod(0o755)
    monkeypatch.setattr("launcher.postgres.postgres_binaries", lambda: full)
    with pytest.raises(CannotStart, match="磁盘已满"):
        PrivatePostgres(data).start()
    assert not (data / "postgres").exists()


def test_servers_die_with_a_killed_starter_and_their_data_stays_usable(data: Path) -> None:
    holder = hold(data)
    assert len(running(str(data))) > 2
    holder.kill()
    holder.wait()
    with PrivatePostgres(data, durable=False) as server, PrivateValkey(data) as valkey:
        assert not server.has_database("anything")
        with redis.Redis.from_url(valkey.url) as connection:
            assert connection.ping()
    assert eventually(lambda: running(str(data)) == {}), running(str(data))


@only_root
def test_root_without_user_namespaces_gives_the_server_to_another_user(data: Path, forbidden_namespaces: None) -> None:
    with PrivatePostgres(data, durable=False) as server:
        server.create_database("platform")
        assert (data / "postgres").stat().st_uid != 0
        user = {Path(f"/proc/{number}").stat().st_uid for number in running(str(data / "postgres"))}
        assert user == {(data / "postgres").stat().st_uid}


@only_root
def test_data_of_a_machine_with_namespaces_moves_to_one_without_and_back(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    with PrivatePostgres(data, durable=False) as server:
        server.create_database("platform")
    with monkeypatch.context():
        request.getfixturevalue("forbidden_namespaces")
        with PrivatePostgres(data, durable=False) as server:
            assert server.has_database("platform")
    monkeypatch.undo()
    with PrivatePostgres(data, durable=False) as server:
        assert server.has_database("platform")


@only_root
def test_servers_start_as_an_ordinary_user_and_die_with_it(data: Path) -> None:
    os.chown(data, 65534, 65534)
    holder = hold(data, *becoming(65534), HOME=str(data))
    with psycopg.connect(host=str(data / "run"), dbname="postgres", user="postgres") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    holder.kill()
    holder.wait()
    assert eventually(lambda: running(str(data)) == {}), running(str(data))


@only_root
def test_a_user_without_a_name_can_run_the_server(data: Path) -> None:
    os.chown(data, 54321, 54321)
    holder = hold(data, *becoming(54321), HOME=str(data))
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert eventually(lambda: running(str(data)) == {}), running(str(data))


def test_sockets_work_when_the_data_path_is_long(tmp_path: Path) -> None:
    data = tmp_path / ("很长的目录名" * 8)
    with PrivatePostgres(data, durable=False) as server, PrivateValkey(data) as valkey:
        with server.connect() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        with redis.Redis.from_url(valkey.url) as client:
            assert client.ping()
    shutil.rmtree(server.sockets)
