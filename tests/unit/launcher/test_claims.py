"""A data folder and a port belong to one launcher; whoever comes second is told in a sentence."""

from __future__ import annotations

import errno
import shutil
import socket
import sys
from pathlib import Path

import pytest

from launcher.__main__ import main
from launcher.claims import DataFolder, claim_port
from launcher.sockets import LONGEST, socket_folder
from launcher.trouble import CannotStart


def test_a_second_launcher_on_the_same_folder_is_told_who_holds_it(tmp_path: Path) -> None:
    first = DataFolder(tmp_path / "data")
    first.claim()
    first.describe("进程 42，http://127.0.0.1:8000")
    with pytest.raises(CannotStart, match=r"进程 42，http://127\.0\.0\.1:8000") as refused:
        DataFolder(tmp_path / "data").claim()
    assert refused.value.exit_code == 2
    first.release()
    again = DataFolder(tmp_path / "data")
    again.claim()
    assert not again.after_crash
    again.release()


def test_the_data_folder_is_closed_to_other_users(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "some" / "data")
    folder.claim()
    assert folder.path.stat().st_mode & 0o077 == 0
    folder.release()


def test_a_folder_left_by_a_crash_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "launcher.lock").write_text("进程 42")
    folder = DataFolder(tmp_path)
    folder.claim()
    assert folder.after_crash
    folder.release()


@pytest.mark.parametrize(
    ("path", "cause"), [("/dev/null", "这是一个文件，不是目录"), ("/dev/null/data", "路径中有一段是文件")]
)
def test_a_data_path_that_is_a_file_is_refused_with_a_sentence(path: str, cause: str) -> None:
    with pytest.raises(CannotStart, match=f"无法使用数据目录 {path}：{cause}.*请用 --data 指定另一个目录"):
        DataFolder(Path(path)).claim()


def test_a_folder_that_was_made_for_nothing_goes_again(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "some" / "data")
    folder.claim()
    folder.release()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_was_there_or_holds_something_stays(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "new"):
        folder = DataFolder(path)
        folder.claim()
        (path / "kept").touch()
        folder.release()
        assert (path / "kept").exists()


def test_two_launchers_never_hold_one_folder_when_the_first_takes_it_away(tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path / "data"), DataFolder(tmp_path / "data")
    first.claim()
    with pytest.raises(CannotStart):
        second.claim()
    first.release()
    second.claim()
    with pytest.raises(CannotStart):
        DataFolder(tmp_path / "data").claim()
    second.release()


def test_a_disk_with_too_little_room_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage._replace(free=1024))
    with pytest.raises(CannotStart, match="磁盘已满") as refused:
        DataFolder(tmp_path).claim()
    assert refused.value.exit_code == 3


def test_a_disk_that_fills_up_while_working_is_named_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = tmp_path / "fills_up.py"
    module.write_text(f"def main(arguments):\n    raise OSError({errno.ENOSPC}, 'no space', '/data/keys')\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert main(["fills_up"]) == 3
    assert "磁盘已满：无法写入 /data/keys。" in capsys.readouterr().err
    sys.modules.pop("fills_up")


def test_a_busy_port_is_refused_with_another_one_proposed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match="端口已被占用") as refused:
            claim_port("127.0.0.1", port)
    assert refused.value.exit_code == 2
    assert "./bl run --port" in refused.value.message


def test_an_address_of_another_machine_is_refused() -> None:
    for host in ("203.0.113.1", "no-such-host.invalid", "2001:db8::1"):
        with pytest.raises(CannotStart, match=f"本机没有地址 {host}。--host 是本机用来监听的地址"):
            claim_port(host, 0)


def test_sockets_of_a_long_data_path_lie_in_a_short_folder(tmp_path: Path) -> None:
    long = tmp_path / ("很长的目录名" * 8)
    folder = socket_folder(long)
    assert len(str(folder).encode()) <= LONGEST
    assert folder == socket_folder(long)
    assert folder.stat().st_mode & 0o077 == 0
    folder.rmdir()


def test_sockets_of_a_short_data_path_lie_in_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    short = Path("/tmp/binglian-short")
    try:
        assert socket_folder(short) == short / "run"
    finally:
        shutil.rmtree(short)
