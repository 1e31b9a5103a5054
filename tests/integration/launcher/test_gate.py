"""The clause gate plays the scenarios on a release that is not in force, in a process and on servers of its own."""

from __future__ import annotations

import pytest

from cases.releases import vocabulary
from demo.region import PACK
from features.gate import prove
from features.selection import FEATURES
from processes.loader import load_files, read_folder
from processes.release import Release
from regulations import load_clauses


def changed(old: bytes, new: bytes) -> Release:
    """The pack with another text in ``pack.toml``."""
    files = read_folder(PACK)
    assert old in files["pack.toml"]
    return load_files({**files, "pack.toml": files["pack.toml"].replace(old, new)}, vocabulary())


def test_a_release_that_breaks_a_clause_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")  # never used by the gate
    release = changed(b'classified = "beizhen-10"', b'classified = "beizhen-12-4"')
    verdict = prove(release, [FEATURES / "beizhen" / "classified.feature"])
    assert verdict.played == 4
    assert len(verdict.failures) == 3
    clause = load_clauses()["beizhen-10"]
    for failure in verdict.failures:
        assert failure.startswith("features/beizhen/classified.feature:8《")
        assert f"条文 {clause.id}：{clause.quote}" in failure
        assert "× 而且 拒绝引用了条文 beizhen-10（第 12 行）" in failure
