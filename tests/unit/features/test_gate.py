"""What the gate makes of a run of the scenarios, and which releases need none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from cases.releases import vocabulary
from demo.region import PACK
from features import accepted, selection
from features.clauses import parse
from features.gate import read_verdict
from launcher.trouble import CannotStart
from processes.loader import load_folder
from processes.release import Release
from regulations import load_clauses

PLACE = {"file": "features/platform/a.feature", "line": 9}
PASSED = {**PLACE, "name": "甲", "result": "passed", "clauses": [], "trace": []}
FAILED = {**PLACE, "name": "乙", "result": "failed", "clauses": ["beizhen-10"], "trace": ["× 那么 丙（第 12 行）"]}


@pytest.fixture(scope="module")
def release() -> Release:
    return load_folder(PACK, vocabulary())


def test_a_failure_quotes_the_clause_in_the_words_of_the_regulation() -> None:
    verdict = read_verdict({"findings": [], "scenarios": [PASSED, FAILED]})
    assert verdict.played == 2
    assert verdict.failures == (
        "features/platform/a.feature:9《乙》\n"
        f"  条文 beizhen-10：{load_clauses()['beizhen-10'].quote}\n"
        "    × 那么 丙（第 12 行）",
    )


def test_a_scenario_that_did_not_run_or_stands_where_it_does_not_count_fails() -> None:
    verdict = read_verdict({"findings": ["标了三个条文"], "scenarios": [{**PASSED, "result": "not run"}]})
    assert len(verdict.failures) == 2


def test_the_pack_of_the_checkout_is_accepted_as_it_is_now(release: Release) -> None:
    assert accepted.is_accepted(release), "地区包改过了：请运行 ./bl clauses，全部通过后提交 processes/accepted.toml"


def test_one_content_a_region_is_accepted(release: Release, tmp_path: Path) -> None:
    file, other = tmp_path / "accepted.toml", replace(release, id="0" * 64)
    assert not accepted.is_accepted(release, file)
    accepted.accept(replace(release, clauses="xiamen"), file)
    accepted.accept(other, file)
    accepted.accept(release, file)
    assert accepted.is_accepted(release, file)
    assert not accepted.is_accepted(other, file)
    assert accepted.is_accepted(replace(release, clauses="xiamen"), file)


def test_a_pack_without_people_is_told_that_nobody_can_play(tmp_path: Path) -> None:
    pack = copytree(PACK, tmp_path / "pack")
    (pack / "people.toml").unlink()
    with pytest.raises(CannotStart, match=r"没有 people\.toml"):
        parse(["--pack", str(pack)])


def test_a_pack_is_proved_by_the_scenarios_of_the_product_of_its_region_and_its_own(tmp_path: Path) -> None:
    (tmp_path / "features").mkdir()
    own = tmp_path / "features" / "own.feature"
    own.touch()
    chosen = selection.of_region("beizhen", tmp_path)
    assert chosen.place_of(selection.FEATURES / "platform" / "project_code.feature") == "platform"
    assert chosen.place_of(selection.FEATURES / "beizhen" / "classified.feature") == "beizhen"
    assert chosen.place_of(own) == "beizhen"


def test_an_author_chooses_one_file_or_folder() -> None:
    file = selection.FEATURES / "beizhen" / "classified.feature"
    assert selection.everything().only([file]).features == {"beizhen": (file,)}
    assert selection.everything().only([file.parent]).features == {"beizhen": (file.parent,)}
    assert selection.everything().only([Path("nowhere.feature")]).features == {}
