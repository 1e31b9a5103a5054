"""A pack is loaded whole, or refused with the file and the row that is wrong."""

from __future__ import annotations

import re
from datetime import time
from functools import cache

import pytest

from cases.releases import vocabulary
from processes.loader import PACKS, content_id, load_files, read_folder
from processes.release import Release
from processes.tables import PackInvalid
from regulations import load_clauses
from worktime import Rules, parse_limit

DOCUMENTATION = re.compile(r"<bpmn:documentation>[^<]*条文：([^<]*)</bpmn:documentation>")
FILES = read_folder(PACKS / "beizhen")


@cache
def pack() -> Release:
    return load_files(FILES, vocabulary())


def refusal(name: str, old: str = "", new: str = "") -> str:
    """Replace a text in a file, or drop the whole file; what the loader says."""
    files = dict(FILES)
    if old:
        assert old.encode() in files[name]
        files[name] = files[name].replace(old.encode(), new.encode(), 1)
    else:
        del files[name]
    with pytest.raises(PackInvalid) as refused:
        load_files(files, vocabulary())
    return str(refused.value)


def test_the_catalogue_holds_the_real_items_and_days() -> None:
    catalogue = [item for item in pack().items.values() if int(item.code) <= 60]
    assert len(catalogue) == 60
    assert pack().items["049"].name == "建设（含临时建设）工程规划许可证核发"
    assert pack().items["049"].limit == "3WD"
    assert sum(parse_limit(item.limit).amount for item in catalogue) == 284
    assert sum(len(materials) for materials in pack().materials.values()) > 400
    assert not any("唐山" in item.name for item in pack().items.values())


def test_the_stage_of_the_first_process_type_has_the_real_days() -> None:
    stage = pack().process_types["1"].stages["2"]
    days = {candidate.item.code: parse_limit(candidate.limit).amount for candidate in stage.items}
    assert days["061"] + days["062"] + days["015"] + days["049"] == parse_limit(stage.limit).amount == 21
    assert days["063"] == 5
    assert [candidate.item.code for candidate in stage.items if candidate.main] == ["062", "015", "049"]


def test_the_pack_says_its_hours_and_how_it_counts() -> None:
    assert pack().calendar.hours == ((time(8, 30), time(12)), (time(13), time(17, 30)))
    assert pack().counting == Rules()


def test_every_clause_that_the_diagrams_name_is_one_of_the_regulation() -> None:
    named = {
        clause
        for name, content in FILES.items()
        if name.endswith(".bpmn")
        for clause in re.findall(r"[a-z]+-[0-9]+[0-9a-z-]*", "".join(DOCUMENTATION.findall(content.decode())))
    }
    assert {"beizhen-4-6a", "beizhen-4-6b", "beizhen-4-2-4"} < named
    assert {clause for clause in named if clause not in load_clauses()} == set()


def test_the_id_is_the_hash_of_what_is_in_the_files() -> None:
    assert pack().id == content_id(FILES) == content_id(dict(reversed(FILES.items())))
    assert content_id({**FILES, "pack.toml": FILES["pack.toml"] + b"\n"}) != pack().id
    assert content_id({"a": b"bc"}) != content_id({"ab": b"c"})
    assert "README.md" not in FILES


@pytest.mark.parametrize(
    "name", ["pack.toml", "items.csv", "materials.csv", "organisations.toml", "process_types.toml"]
)
def test_a_missing_table_is_named(name: str) -> None:
    assert name in refusal(name)


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("items.csv", "001,", "002,", "002"),
        ("items.csv", "approval,3WD", "nobody,3WD", "nobody"),
        ("items.csv", "3WD", "3XD", "3XD"),
        ("items.csv", ",no", ",perhaps", "pledge"),
        ("items.csv", "code,name", "code,title", "表头"),
        ("items.csv", "001,", ",", "空格子"),
        ("materials.csv", "required", "wanted", "necessity"),
        ("materials.csv", "001,M001", "099,M001", "099"),
        ("materials.csv", "001,M002", "001,M001", "M001"),
        ("organisations.toml", 'kind = "district"', 'kind = "village"', "government"),
        ("organisations.toml", 'code = "housing"', 'code = "approval"', "approval"),
        ("organisations.toml", 'parent = "government"', 'parent = "nobody"', "nobody"),
        ("organisations.toml", "[[organisation]]", "[[organisation", "TOML"),
        ("process_types.toml", 'code = "061"', 'code = "999"', "999"),
        ("process_types.toml", 'predecessors = ["061"]', 'predecessors = ["001"]', "001"),
        ("process_types.toml", 'predecessors = ["061"]', 'predecessors = ["049"]', "绕回"),
        ("process_types.toml", 'diagram = "stage"', 'diagram = "other"', "other"),
        ("process_types.toml", 'lead = "natural_resources"', 'lead = "nobody"', "nobody"),
        ("process_types.toml", 'limit = "21WD"', 'limit = "forever"', "forever"),
        ("process_types.toml", "main = true", "", "main"),
        ("pack.toml", "start_day_counts", "start_day", "start_day"),
        ("pack.toml", '["08:30", "12:00"]', '["12:30", "12:00"]', "工作时间"),
        ("pack.toml", 'version = "2026.11"', "", "version"),
        ("pack.toml", '"beizhen-10"', '"xiamen-1"', "xiamen-1"),
        ("forms/dispatch.json", '"id": "dispatch"', '"id": "other"', "other"),
        ("forms/dispatch.json", '"checkbox"', '"lottery"', "lottery"),
        ("stage.bpmn", 'role="lead_officer"', 'role="emperor"', "emperor"),
        ("stage.bpmn", 'form="dispatch"', 'form="unknown"', "unknown"),
        ("stage.bpmn", 'name="intake.open"', 'name="intake.lose"', "intake.lose"),
        ("stage.bpmn", 'guard="materials_passed"', 'guard="never"', "never"),
        ("stage.bpmn", 'calledElement="item_case"', 'calledElement="nothing"', "nothing"),
    ],
)
def test_a_mistake_is_named(name: str, old: str, new: str, words: str) -> None:
    assert words in refusal(name, old, new)


@pytest.mark.parametrize(
    ("content", "words"), [(b"\xff\xfe", "UTF-8"), (b"x" * 20_000_001, "MB")], ids=["encoding", "size"]
)
def test_what_is_no_text_and_what_is_too_big_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(PackInvalid, match=words):
        load_files({**FILES, "items.csv": content}, vocabulary())
