"""The clause gate plays the scenarios on a release that is not in force, in a process and on servers of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from cases.releases import vocabulary
from demo.region import PACK
from features.gate import Verdict, prove
from features.selection import FEATURES
from processes.loader import load_files, read_folder
from processes.release import Release
from regulations import load_clauses

REFUSALS = (b'classified = "beizhen-10"', b'classified = "beizhen-12-4"')
CLASSIFIED, ANY_WINDOW = FEATURES / "beizhen" / "classified.feature", FEATURES / "platform" / "any_window.feature"
A_CODE = re.compile(rb'(?m)^(code|parent|organisation|lead|window) = "([a-z])')


def of_another_city() -> Release:
    """A pack of another region, other organisations and people, that quotes the wrong clause for one refusal."""
    files = read_folder(PACK)
    assert REFUSALS[0] in files["pack.toml"]
    pack = files["pack.toml"].replace(*REFUSALS)
    files["pack.toml"] = pack.replace(b'"210782"', b'"350203"').replace(b'"210700"', b'"350200"')
    for name in ("organisations.toml", "people.toml", "process_types.toml"):
        files[name] = A_CODE.sub(rb'\1 = "siming_\2', files[name])
    renamed = {name: text.replace("北镇市".encode(), "思明区".encode()) for name, text in files.items()}
    release = load_files(renamed, vocabulary())
    assert all(body.code.startswith("siming_") for body in release.organisations.values())
    return release


@pytest.fixture(scope="module")
def verdict() -> Iterator[Verdict]:
    """What the gate says of the pack of another city."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")  # never used by the gate
        yield prove(of_another_city(), [CLASSIFIED, ANY_WINDOW])


def test_the_scenarios_of_the_product_are_played_by_the_people_of_the_pack(verdict: Verdict) -> None:
    assert verdict.played == 4 + 3
    assert [failure for failure in verdict.failures if "any_window" in failure] == []


def test_a_release_that_breaks_a_clause_is_found_out(verdict: Verdict) -> None:
    assert len(verdict.failures) == 3
    clause = load_clauses()["beizhen-10"]
    for failure in verdict.failures:
        assert failure.startswith("features/beizhen/classified.feature:8《")
        assert f"条文 {clause.id}：{clause.quote}" in failure
        assert "× 而且 拒绝引用了条文 beizhen-10（第 12 行）" in failure
