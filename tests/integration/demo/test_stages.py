"""The demonstration plays a story or the stages of a process type, and says which there are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import command


@pytest.fixture(scope="module")
def platform() -> Iterator[tuple[str, Path]]:
    with command.throw_away_platform() as running:
        yield running


def play(platform: tuple[str, Path], *arguments: str) -> int:
    url, data = platform
    return command.main(["--url", url, "--data", str(data), *arguments])


def test_one_stage_is_played(platform: tuple[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert play(platform, "--process-type", "5", "--stage", "3") == 0
    assert "时限 3WD" in capsys.readouterr().out


def test_a_story_is_played_by_those_whom_it_needs(
    platform: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert play(platform, "--story", "transfer") == 0
    said = capsys.readouterr().out
    assert "吴刚看到：转办到最终策划定下的部门" in said
    assert "8 个人" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--process-type", "9"), "没有流程类型 9，可用：1、2、5、6、7、8-1、8-2"),
        (("--process-type", "5", "--stage", "2"), "流程类型 5 没有阶段 2，可用：1、3、4"),
        (("--stage", "7"), "流程类型 1 没有阶段 7"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(
    platform: tuple[str, Path], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    assert play(platform, *arguments) == 1
    assert words in capsys.readouterr().err
