"""Documents as a reader sees them: every kind is set, in true Chinese, from data alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest

from files.documents.issue import in_chinese
from files.documents.kinds import KINDS, TEMPLATES
from files.documents.render import render
from tests.unit.files.samples import KIND_NAMES, LONG, paper, sample

ISSUED = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def pages(pdf: bytes) -> list[str]:
    """The text of each page, without the breaks that the setting made."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return ["".join(page.get_textpage().get_text_bounded().split()) for page in document]
    finally:
        document.close()


def test_every_kind_has_its_template_and_every_template_its_kind() -> None:
    assert {path.stem for path in TEMPLATES.glob("*.typ")} - {"frame"} == set(KINDS)
    assert len({kind.word for kind in KINDS.values()}) == len(KINDS)


@pytest.mark.parametrize("name", KIND_NAMES)
def test_a_document_shows_its_title_number_parties_and_pages(name: str) -> None:
    kind = KINDS[name]
    kind.check(sample(kind))
    found = pages(render(name, paper(kind), ISSUED))
    text = "".join(found)
    for words in (kind.title, kind.number(2026, 12), "北镇城建投资有限公司", "2101-210782-04-01-000001", LONG):
        assert "".join(words.split()) in text.replace("\u200b", ""), words
    assert "2026年11月22日" in text
    for number, page in enumerate(found, start=1):
        assert f"第{number}页，共{len(found)}页" in page


@pytest.mark.parametrize("name", KIND_NAMES)
def test_the_same_data_gives_the_same_bytes(name: str) -> None:
    kind = KINDS[name]
    assert render(name, paper(kind), ISSUED) == render(name, paper(kind), ISSUED)


def test_a_long_table_runs_over_pages_with_its_head() -> None:
    kind = KINDS["planning_report"]
    found = pages(render(kind.name, paper(kind), ISSUED))
    assert len(found) > 2
    assert all("事项部门类别时限轮次意见" in page for page in found[:3])


def test_the_receipt_lists_the_files_of_a_material_in_their_order() -> None:
    kind = KINDS["intake_receipt"]
    several = {
        "name": "设计方案",
        "necessity": "必要",
        "status": "已收",
        "note": "",
        "files": ["总平面图#1.pdf", "*立面图*.pdf"],
    }
    alone = {"name": "申请表", "necessity": "必要", "status": "已收", "note": ""}  # issued before files were listed
    (text,) = pages(render(kind.name, paper(kind, materials=[several, alone]), ISSUED))
    assert "1设计方案1．总平面图#1.pdf2．*立面图*.pdf必要已收" in text.replace("\u200b", "")
    assert "2申请表必要已收" in text


@pytest.mark.parametrize("count", range(14, 22))
def test_a_seal_stands_on_no_page_alone(count: int) -> None:
    kind = KINDS["stage_completion"]
    rows = sample(kind)["items"][:count]
    last = pages(render(kind.name, paper(kind, items=rows), ISSUED))[-1]
    assert f"以上共{count}项。" in last
    assert last.index(f"以上共{count}项。") < last.index("（盖章）")


def test_what_people_wrote_is_text_and_never_source() -> None:
    kind = KINDS["refusal"]
    written = '#import "/etc/passwd" *粗* $x^2$ #read("frame.typ") <标签> @引用 \\ "]'
    found = pages(render(kind.name, paper(kind, reason=written), ISSUED))
    assert "".join(written.split()) in "".join(found)


@pytest.mark.parametrize("word", ["℃ × ² ½ № —— …… 《》〔〕", "龘 骉 㐂 镕 堃", "Ωmega café"])
def test_rare_letters_are_in_the_fonts(word: str) -> None:
    kind = KINDS["refusal"]
    found = "".join(pages(render(kind.name, paper(kind, reason=word), ISSUED)))
    assert "".join(word.split()) in found


def test_a_letter_that_the_fonts_lack_keeps_no_document_from_being_set() -> None:
    kind = KINDS["refusal"]
    found = "".join(pages(render(kind.name, paper(kind, reason="当事人\U0003007f某某"), ISSUED)))
    assert "某某" in found


def test_a_document_needs_nothing_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert render("refusal", paper(KINDS["refusal"]), ISSUED).startswith(b"%PDF-1.7")


def test_data_that_does_not_fit_its_kind_is_refused() -> None:
    kind = KINDS["refusal"]
    data = sample(kind)
    del data["reason"]
    with pytest.raises(ValueError, match=r"missing \{'reason'\}"):
        kind.check(data)
    with pytest.raises(ValueError, match=r"unknown \{'phone'\}"):
        kind.check({**sample(kind), "phone": "1"})


def test_a_day_is_that_of_the_country() -> None:
    assert in_chinese(datetime(2026, 12, 31, 16, 30, tzinfo=UTC)) == "2027年1月1日"
