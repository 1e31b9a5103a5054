"""The locks: the one for tests holds every pin of the one for running, both by hash and without addresses."""

from __future__ import annotations

import re

import pytest

from launcher.places import ROOT

PIN = re.compile(r"^([\w.\[\]-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    return {name.split("[")[0]: version for name, version in PIN.findall((ROOT / lock).read_text())}


def test_what_is_tested_is_what_runs() -> None:
    tested = pins("requirements-dev.txt")
    running = pins("requirements.txt")
    assert running
    assert {name: tested.get(name) for name in running} == running


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_names_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    blocks = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    assert re.findall(r"https?://|file:|--index-url|--find-links", text) == []
