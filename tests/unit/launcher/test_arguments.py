"""Wrong options are answered in Chinese, with exit code 2."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from launcher import audit
from launcher.run import parse
from launcher.trouble import CannotStart


def test_the_options_of_run_are_read() -> None:
    options = parse(["--port", "8010", "--data", "somewhere", "--workers", "3"])
    assert (options.port, options.data, options.workers) == (8010, Path("somewhere"), 3)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--port", "80000"], "--port: 应是 0 到 65535 的整数，得到的是“80000”"),
        (["--port"], "--port: 缺少值"),
        (["--workers", "0"], "应是 1 到 64 的整数"),
        (["--colour", "red"], "不认识的参数： --colour red"),
    ],
)
def test_a_wrong_option_is_named(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_a_word_that_is_none_of_the_choices_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        audit.main(["alter"])
    assert ended.value.code == 2
    assert "verify: 不能是 'alter' (可选：" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        *("audit", "calendar", "deploy", "erase", "lint", "migrate", "run"),
        *("demo.command", "features.clauses", "tests.bench.__main__"),
    ],
)
def test_every_command_explains_itself_in_chinese_and_does_nothing(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    module = import_module(command if "." in command else f"launcher.{command}")
    for arguments, code in ((["--help"], 0), (["--colour"], 2)):
        with pytest.raises(SystemExit) as ended:
            module.main(arguments)
        assert ended.value.code == code
        said = capsys.readouterr()
        assert not re.findall("usage|options|positional|show this|required|error|argument", said.out + said.err)
        assert re.search("用法|参数有误", said.out + said.err)


def test_a_folder_named_by_mistake_stays_untouched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(CannotStart, match="没有数据库"):
        audit.main(["verify", "--data", str(tmp_path / "elsewhere")])
    assert list(tmp_path.iterdir()) == []
