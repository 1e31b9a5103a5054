"""The demonstration says what is wrong, and succeeds only when everything was right."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from demo import command
from demo.accounts import FILE, Account, read_accounts, write_accounts
from demo.choices import DEFAULT, STORIES, choose
from demo.telling import Teller, WentWrong


class Anything(BaseHTTPRequestHandler):
    """A web server that is no platform: it answers everything with the same words."""

    def do_POST(self) -> None:
        content = b"hello" if self.server.status == 200 else b"<html>"  # type: ignore[attr-defined]
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Anything) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_accounts(
        tmp_path, [Account("applicant", "p", "陈明", "o", "r"), Account("supervisor", "p", "郑华", "o", "r")]
    )
    return tmp_path


def play(url: str, data: Path) -> int:
    return command.main(["--url", url, "--data", str(data)])


def test_a_folder_without_accounts_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert play("http://127.0.0.1:1", tmp_path) == 1
    assert FILE in capsys.readouterr().err


def test_a_platform_that_does_not_answer_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert play("http://127.0.0.1:1", data) == 1
    assert "连不上 http://127.0.0.1:1" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["nonsense", "http://", "ftp:"])
def test_an_address_that_is_none_is_named(data: Path, capsys: pytest.CaptureFixture[str], url: str) -> None:
    assert play(url, data) == 1
    assert url in capsys.readouterr().err


@pytest.mark.parametrize("content", ["{", "[]", "[7]", '[{"username": "applicant"}]'])
def test_a_file_that_is_no_list_of_accounts_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    (tmp_path / FILE).write_text(content)
    assert play("http://127.0.0.1:1", tmp_path) == 1
    assert "请核对" in capsys.readouterr().err


@pytest.mark.parametrize(("status", "words"), [(200, "请核对"), (404, "平台拒绝了第 1 步"), (500, "平台拒绝了第 1 步")])
def test_a_server_that_is_no_platform_is_named(
    data: Path, capsys: pytest.CaptureFixture[str], server: ThreadingHTTPServer, status: int, words: str
) -> None:
    server.status = status  # type: ignore[attr-defined]
    assert play(f"http://127.0.0.1:{server.server_address[1]}", data) == 1
    assert words in capsys.readouterr().err


def test_address_and_folder_belong_together(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(["--url", "http://127.0.0.1:1"])
    assert "--data" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--story", "nonsense"], "可选：'stage', 'transfer', 'correction', 'suspension', 'refusal', 'project'"),
        (["--story"], "缺少值"),
        (["--story", "transfer", "--stage", "2"], "--story 不能与 --process-type、--stage 同时给出"),
        (["--story", "project", "--process-type", "5"], "--story 不能与 --process-type、--stage 同时给出"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_before_anything_starts(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(arguments)
    assert words in capsys.readouterr().err


def test_help_lists_every_story_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        command.main(["--help"])
    said = capsys.readouterr().out
    for name, (shows, _) in STORIES.items():
        assert re.search(f"{name} +{shows}", said)


def test_without_a_choice_the_default_story_is_told() -> None:
    assert choose(None, None, None) is STORIES[DEFAULT][1]
    assert choose("refusal", None, None) is STORIES["refusal"][1]
    assert choose(None, None, "3") not in [tell for _, tell in STORIES.values()]


def test_what_a_witness_does_not_see_ends_the_story() -> None:
    class Witness:
        name = "郑华"

    teller = Teller()
    teller.seen(Witness(), "对的", True)  # type: ignore[arg-type]
    with pytest.raises(WentWrong, match="郑华没有看到：不对的"):
        teller.seen(Witness(), "不对的", False)  # type: ignore[arg-type]


def test_the_accounts_survive_being_written_twice(data: Path) -> None:
    write_accounts(data, [Account("a", "p", "n", "o", "r")])
    assert list(read_accounts(data)) == ["a"]
    assert [path.name for path in data.iterdir()] == [FILE]
