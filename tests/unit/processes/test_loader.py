"""A pack is loaded whole, or refused with everything that is wrong in it: file, line and how to mend it."""

from __future__ import annotations

import re
import time
from datetime import date
from datetime import time as clock
from fractions import Fraction
from functools import cache

import pytest

from cases.releases import vocabulary
from processes.findings import Finding, PackInvalid
from processes.lights import USUAL_LIGHTS
from processes.loader import PACKS, content_id, load_files, read_folder
from processes.release import Release
from regulations import load_clauses
from worktime import Rules, parse_limit

DOCUMENTATION = re.compile(r"<bpmn:documentation>[^<]*条文：([^<]*)</bpmn:documentation>")
FILES = read_folder(PACKS / "beizhen")


@cache
def pack() -> Release:
    return load_files(FILES, vocabulary())


def broken(name: str, old: str = "", new: str = "") -> dict[str, bytes]:
    """The files with a text of one replaced, or without the whole file."""
    files = dict(FILES)
    if old:
        assert old.encode() in files[name]
        files[name] = files[name].replace(old.encode(), new.encode(), 1)
    else:
        del files[name]
    return files


def findings(files: dict[str, bytes]) -> tuple[Finding, ...]:
    """Everything that the loader says."""
    with pytest.raises(PackInvalid) as refused:
        load_files(files, vocabulary())
    return refused.value.findings


def line_of(name: str, text: str) -> int:
    """The line of the pack's file on which a text stands first."""
    content = FILES[name].decode()
    return content[: content.index(text)].count("\n") + 1


def test_the_catalogue_holds_the_real_items_and_days() -> None:
    catalogue = [item for item in pack().items.values() if int(item.code) <= 60]
    assert len(catalogue) == 60
    assert pack().items["049"].name == "建设（含临时建设）工程规划许可证核发"
    assert pack().items["049"].limit == "3WD"
    assert pack().items["049"].licensing
    assert not pack().items["057"].licensing
    assert sum(parse_limit(item.limit or "").amount for item in catalogue) == 284
    assert not any("唐山" in item.name for item in pack().items.values())


def test_one_document_under_many_names_is_one_material() -> None:
    asked = {item: {material.code for material in materials} for item, materials in pack().materials.items()}
    names = [row.split(",", 1) for row in FILES["item_materials.csv"].decode().splitlines()[1:]]
    assert len({name for _, name in names}) > 330
    every = {material.code: material for materials in pack().materials.values() for material in materials}
    assert len(every) < 290
    assert len({material.name for material in every.values()}) == len(every)
    permit = next(material for material in every.values() if material.name == "建设工程规划许可证及附图、附件")
    assert {item for item, codes in asked.items() if permit.code in codes} == {
        *("001", "004", "008", "014", "026", "035", "051", "054", "056"),
    }
    assert (permit.source, permit.result_of) == ("result", ("049",))
    assert all(len(codes) == len(pack().materials[item]) for item, codes in asked.items())


def test_a_name_that_means_two_documents_asks_for_both() -> None:
    names = {material.name for material in pack().materials["014"]}
    assert {"建设工程规划许可证及附图、附件", "建筑工程施工许可证"} <= names


def test_a_conditional_material_says_when() -> None:
    every = {material.name: material for materials in pack().materials.values() for material in materials}
    contract = every["国有建设用地使用权出让合同"].condition
    assert contract is not None
    assert [contract.holds({"process_type": code}) for code in ("1", "8-1", "8-2")] == [False, True, True]
    assert all((found.necessity == "conditional") == (found.condition is not None) for found in every.values())


def test_loading_takes_less_than_a_second() -> None:
    started = time.process_time()
    load_files(FILES, vocabulary())
    assert time.process_time() - started < 1


def test_the_pack_says_its_hours_and_how_it_counts() -> None:
    assert pack().calendar.hours == ((clock(8, 30), clock(12)), (clock(13), clock(17, 30)))
    assert pack().counting == Rules()


def test_a_pack_may_have_seasons_and_days_of_its_own() -> None:
    hours = 'hours = [["08:30", "12:00"], ["13:00", "17:30"]]\n'
    local = (
        'seasons = [{ first = "05-01", last = "09-30", hours = [["08:00", "18:00"]] }]\n'
        '[calendar.days]\n"2026-11-23" = []\n"2026-11-28" = [["09:00", "12:00"]]\n'
    )
    text = FILES["pack.toml"].decode()
    assert hours in text
    calendar = load_files({**FILES, "pack.toml": text.replace(hours, hours + local).encode()}, vocabulary()).calendar

    assert calendar.spans(date(2026, 5, 6)) == ((clock(8), clock(18)),)
    assert calendar.spans(date(2026, 11, 23)) == ()
    assert calendar.spans(date(2026, 11, 28)) == ((clock(9), clock(12)),)


def test_a_pack_says_when_the_total_limit_of_a_stage_starts() -> None:
    assert pack().stage_clock == "received"


def test_a_pack_says_whether_a_window_checks_the_project_and_silence_is_no() -> None:
    text = FILES["pack.toml"]
    assert not pack().window_check
    for line, checks in ((b"check = true\n", True), (b"", False)):
        files = {**FILES, "pack.toml": text.replace(b"check = false\n", line)}
        assert load_files(files, vocabulary()).window_check is checks


def test_every_clause_that_the_diagrams_name_is_one_of_the_regulation() -> None:
    named = {
        clause
        for name, content in FILES.items()
        if name.endswith(".bpmn")
        for clause in re.findall(r"[a-z]+-[0-9]+[0-9a-z-]*", "".join(DOCUMENTATION.findall(content.decode())))
    }
    assert {"beizhen-4-6a", "beizhen-4-6b", "beizhen-4-2-4"} < named
    assert {clause for clause in named if clause not in load_clauses()} == set()


def test_a_pack_may_have_no_people() -> None:
    assert {person.username for person in pack().people} > {"applicant", "window", "lead", "supervisor"}
    assert load_files(broken("people.toml"), vocabulary()).people == ()


def test_the_id_is_the_hash_of_what_is_in_the_files() -> None:
    assert pack().id == content_id(FILES) == content_id(dict(reversed(FILES.items())))
    assert content_id({**FILES, "pack.toml": FILES["pack.toml"] + b"\n"}) != pack().id
    assert content_id({"a": b"bc"}) != content_id({"ab": b"c"})
    assert "README.md" not in FILES


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith((".csv", ".toml")) and name != "people.toml"])
def test_a_missing_table_is_named(name: str) -> None:
    assert name in {finding.file for finding in findings(broken(name)) if not finding.line}


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("items.csv", "002,建筑", "001,建筑", "事项 001 出现了两次"),
        ("items.csv", "approval,3WD", "nobody,3WD", "职能 nobody 没有部门承担"),
        ("items.csv", "3WD", "3XD", "3XD"),
        ("items.csv", ",no\n", ",perhaps\n", "pledge 不能是“perhaps”"),
        ("items.csv", "code,name", "code,title", "表头"),
        ("items.csv", "001,", ",", "没有填写 code"),
        ("items.csv", "3WD,yes,no", "3WD,yes", "有 5 格，应当是 6 格"),
        ("items.csv", "001,工程", '001,"工程', "不是 CSV"),
        ("materials.csv", "required", "wanted", "necessity 不能是“wanted”"),
        ("materials.csv", "applicant", "sky", "source 不能是“sky”"),
        ("materials.csv", "result,049", "result,999", "没有这个事项"),
        ("materials.csv", "result,049", "result,", "source 与 result_of 不一致"),
        ("materials.csv", "result,056 004", "result,056 056", "重复的编号"),
        ("materials.csv", "required,,", "required,雨天,", "necessity 与 condition 不一致"),
        ("materials.csv", ",移植古树名木,,", ",,x == 1,", "有 when 而没有 condition"),
        ("materials.csv", ",移植古树名木,,", ",移植古树名木,trees > 1,", "没有的项目事实 trees"),
        ("materials.csv", ",移植古树名木,,", ",移植古树名木,open(1),", "条件写法不对"),
        ("materials.csv", "M002,", "M001,", "材料 M001 出现了两次"),
        ("materials.csv", "古树名木移植专家论证意见", "建筑工程施工许可证", "同名"),
        ("material_aliases.csv", ",M003", ",M999", "没有材料 M999"),
        ("material_aliases.csv", "建设工程规划许可证及附件", "建筑工程施工许可证", "已经是材料 M194 的名称"),
        ("material_aliases.csv", "建设工程规划许可证及附件", "建设工程规划许可证", "写了两次"),
        ("item_materials.csv", "001,", "099,", "没有事项 099"),
        ("item_materials.csv", "001,古树名木移植专家论证意见", "001,传家宝", "没有材料“传家宝”"),
        ("item_materials.csv", "001,古树名木移植专家论证意见", "001,建设工程规划许可证附图", "出现了两次"),
        ("stage_items.csv", "1,2,061,", "1,2,999,", "没有事项 999"),
        ("stage_items.csv", "1,2,062,main,,061", "1,2,062,main,,001", "前置事项 001 在更后的阶段 3"),
        ("stage_items.csv", "1,2,062,main,,061", "1,2,062,main,,058", "前置事项 058 不是这个流程类型的候选事项"),
        ("stage_items.csv", "1,2,062,main,,061", "1,2,062,main,,049", "事项 062 的前置事项绕回了它自己"),
        ("stage_items.csv", "1,2,062,main,,061", "1,2,062,side,,061", "line 不能是“side”"),
        ("stage_items.csv", "1,2,062,main,,061", "1,2,061,main,,", "出现了两次"),
        ("stage_items.csv", "1,2,062,main,,061", "1,2,062,main,5days,061", "5days"),
        ("stage_items.csv", "1,2,062,main,,061", "1,9,062,main,,061", "没有流程类型 1 的阶段 9"),
        ("stage_items.csv", "2,3,004,main", "2,3,004,auxiliary", "流程类型 2 的阶段 3 没有主流程事项"),
        ("stage_items.csv", "total_investment > 1000", "cost > 1000", "没有的项目事实 cost"),
        ("organisations.toml", 'kind = "district"', 'kind = "village"', "kind 不能是“village”"),
        ("organisations.toml", 'code = "housing"', 'code = "approval"', "机构 approval 出现了两次"),
        ("organisations.toml", 'parent = "government"', 'parent = "nobody"', "上级 nobody"),
        ("organisations.toml", "[[organisation]]", "[[organisation", "不是 TOML"),
        ("people.toml", 'organisation = "sports"', 'organisation = "sport"', "机构 sport 不在 organisations.toml 里"),
        ("people.toml", 'role = "supervisor"', 'role = "king"', "role 不能是“king”"),
        ("people.toml", 'username = "lead"', 'username = "window"', "人员 window 出现了两次"),
        ("organisations.toml", 'function = "sports"', 'function = "ports"', "职能 ports 已由 sports 承担"),
        ("organisations.toml", 'function = "sports"\n', "", "部门 sports 没有职能"),
        ("organisations.toml", 'function = "sports"', "function = 7", "function 要是文字"),
        ("organisations.toml", 'function = "sports"', 'task = "sports"', "不认识 task"),
        ("process_types.toml", 'diagram = "stage"', 'diagram = "other"', "没有流程 other"),
        ("process_types.toml", 'lead = "natural_resources"', 'lead = "nobody"', "没有机构 nobody"),
        ("process_types.toml", 'lead = "natural_resources"', 'lead = "demo_applicant"', "不是 department"),
        ("process_types.toml", 'limit = "21WD"', 'limit = "forever"', "forever"),
        ("process_types.toml", 'limit = "21WD"', 'limit = "21WD"\nafter = "3"', "阶段 2 不能排在阶段 3 之后"),
        ("process_types.toml", 'limit = "21WD"', 'limit = "20WD"', "最长要 21 个工作日"),
        ("process_types.toml", 'limit = "54WD"', 'limit = "50WD"', "合计 54 个工作日"),
        ("process_types.toml", "number = 1", 'number = "one"', "number 要是整数"),
        ("process_types.toml", 'code = "2"\nname = "政府', 'code = "1"\nname = "政府', "流程类型 1 出现了两次"),
        ("process_types.toml", 'code = "2"\nnumber', 'code = "1"\nnumber', "阶段 1 在流程类型 1 里出现了两次"),
        ("pack.toml", "any = false", "any = 0", "any 要是 true 或 false"),
        ("pack.toml", "check = false", 'check = "no"', "check 要是 true 或 false"),
        ("pack.toml", "check = false", "checks = false", "不认识 checks"),
        ("pack.toml", "start_day_counts", "start_day", "不认识 start_day"),
        ("pack.toml", "start_day_counts = false", "start_day_counts = 0", "start_day_counts 要是 true 或 false"),
        ("pack.toml", '["08:30", "12:00"]', '["12:30", "12:00"]', "工作时间"),
        ("pack.toml", '["08:30", "12:00"]', '["8", "12:00"]', "工作时间"),
        ("pack.toml", 'stage = "received"', 'stage = "asked"', "stage 不能是"),
        ("pack.toml", 'version = "2026.11"', "", "没有填写 version"),
        ("pack.toml", "[counting]", "[counts]", "没有 [counting] 一节"),
        ("pack.toml", '"beizhen-10"', '"xiamen-1"', "xiamen-1"),
        ("forms/dispatch.json", '"id": "dispatch"', '"id": "other"', "other"),
        ("forms/dispatch.json", '"checkbox"', '"lottery"', "lottery"),
        ("forms/dispatch.json", '"components"', "components", "不是 JSON"),
        ("stage.bpmn", 'role="lead_officer"', 'role="emperor"', "emperor"),
        ("stage.bpmn", 'form="dispatch"', 'form="unknown"', "unknown"),
        ("stage.bpmn", 'name="intake.open"', 'name="intake.lose"', "intake.lose"),
        ("stage.bpmn", 'guard="main_line_approved"', 'guard="never"', "never"),
        ("stage.bpmn", 'calledElement="item_case"', 'calledElement="nothing"', "nothing"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_how_to_mend_it(name: str, old: str, new: str, words: str) -> None:
    found = [finding for finding in findings(broken(name, old, new)) if words in str(finding)]
    assert found, str(findings(broken(name, old, new)))
    assert all(finding.mend for finding in found)
    assert any(finding.line for finding in found)


@pytest.mark.parametrize(
    ("name", "old", "new", "at"),
    [
        ("items.csv", "007,建设", ",建设", "007,建设"),
        ("stage_items.csv", "1,2,062,main,,061", "1,2,062,main,,058", "1,2,062"),
        ("organisations.toml", 'function = "sports"', "function = 7", 'function = "sports"'),
        ("process_types.toml", 'limit = "24WD"', 'limit = "x"', 'limit = "24WD"'),
        ("pack.toml", '"beizhen-10"', '"xiamen-1"', "classified"),
        ("pack.toml", "start_day_counts", "start_day", "start_day_counts"),
        ("forms/dispatch.json", '"checkbox"', '"lottery"', '"checkbox"'),
    ],
)
def test_the_line_is_that_of_the_mistake(name: str, old: str, new: str, at: str) -> None:
    assert line_of(name, at) in {finding.line for finding in findings(broken(name, old, new)) if finding.file == name}


def test_one_mistake_is_one_finding() -> None:
    assert len(findings(broken("items.csv", "approval,3WD", "nobody,3WD"))) == 1
    assert len(findings(broken("organisations.toml", 'kind = "district"', 'kind = "village"'))) == 1
    assert len(findings(broken("forms/dispatch.json", '"checkbox"', '"lottery"'))) == 1
    assert len(findings(broken("stage.bpmn", 'role="lead_officer"', 'role="emperor"'))) == 1


MISTAKES = {
    "items.csv": [("housing,3WD", "nobody,3WD"), ("approval,5WD", "approval,soon"), ("3WD,yes,no", "3WD,maybe,no")],
    "materials.csv": [("required", "wanted"), ("result,049", "result,999")],
    "material_aliases.csv": [(",M003", ",M999")],
    "item_materials.csv": [("001,古树名木移植专家论证意见", "001,传家宝")],
    "stage_items.csv": [
        ("1,2,062,main,,061", "1,2,062,main,,049"),
        ("1,1,042,main,5WD,060", "1,1,042,main,5WD,056"),
        ("6,3,056,main", "6,3,056,parallel"),
        ("7,1,060,main", "7,1,888,main"),
    ],
    "organisations.toml": [('kind = "district"', 'kind = "village"'), ('function = "sports"', "function = 7")],
    "process_types.toml": [('lead = "approval"', 'lead = "nobody"'), ("number = 4", "number = true")],
    "pack.toml": [('"beizhen-10"', '"xiamen-1"'), ('title = "', 'name = "')],
    "forms/dispatch.json": [('"checkbox"', '"lottery"')],
    "forms/item_review.json": [('"components"', "components")],
    "stage.bpmn": [('role="lead_officer"', 'role="emperor"'), ('guard="main_line_approved"', 'guard="never"')],
    "item_case.bpmn": [('role="officer"', 'role="jester"')],
}


def test_everything_that_is_wrong_is_said_at_once() -> None:
    files = dict(FILES)
    for name, changes in MISTAKES.items():
        for old, new in changes:
            assert old.encode() in files[name], (name, old)
            files[name] = files[name].replace(old.encode(), new.encode(), 1)
    found = findings(files)
    assert {finding.file for finding in found} == set(MISTAKES)
    assert len(found) >= sum(map(len, MISTAKES.values()))
    assert all(finding.line and finding.message and finding.mend for finding in found), found
    words = "emperor never jester lottery nobody village wanted 传家宝 M999 888 xiamen-1 绕回 更后的阶段 没有主流程事项"
    said = "\n".join(map(str, found))
    assert [word for word in words.split() if word not in said] == []


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"code\n\xff\xfe", "items.csv:2 不是 UTF-8"), (b"x" * 20_000_001, "MB")],
    ids=["encoding", "size"],
)
def test_what_is_no_text_and_what_is_too_big_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(PackInvalid, match=words):
        load_files({**FILES, "items.csv": content}, vocabulary())


def lights_of(old: str, new: str) -> tuple[Finding, ...]:
    """What the loader says of another policy of lights."""
    return findings(broken("pack.toml", old, new))


def test_the_policy_of_lights_is_data_of_the_pack() -> None:
    lights = pack().lights
    assert (lights.threshold.left, lights.threshold.of_limit) == (Fraction(1, 5), True)
    assert lights.told["yellow"] == (("handler", "task"),)
    assert ("supervisor", "region") in lights.told["red"]


def test_a_pack_without_lights_has_the_usual_ones() -> None:
    text = FILES["pack.toml"].decode()
    start, end = text.index("[lights]"), text.index("# 平台因某个原因")
    release = load_files({**FILES, "pack.toml": (text[:start] + text[end:]).encode()}, vocabulary())
    assert release.lights == USUAL_LIGHTS


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('basis = "share"', 'basis = "guess"', "basis 不能是“guess”"),
        ('yellow = "1/5"', 'yellow = "6/5"', "黄灯阈值 6/5 不对"),
        ('yellow = "1/5"', 'yellow = "soon"', "黄灯阈值 soon 不对"),
        ('yellow = "1/5"', 'yellow = "1/0"', "黄灯阈值 1/0 不对"),
        ('yellow = ["handler"]', 'yellow = ["nobody@lead"]', "yellow 里的“nobody@lead”不是角色和处所"),
        ('yellow = ["handler"]', 'yellow = ["officer@home"]', "yellow 里的“officer@home”不是角色和处所"),
        ('yellow = ["handler"]', 'yellow = ["handler", "handler"]', "yellow 里有重复的人"),
        ('yellow = ["handler"]', 'yellow = "handler"', "没有写明 yellow 通知谁"),
        ('yellow = ["handler"]', 'yellow = ["handler"]\nblue = []', "不认识 blue"),
    ],
)
def test_a_mistake_in_the_lights_is_a_finding_with_its_line(old: str, new: str, message: str) -> None:
    [finding] = lights_of(old, new)
    assert (finding.file, finding.message) == ("pack.toml", message)
    assert finding.line > 1
    assert finding.mend
