"""Documents that the flow issues: with the command that they tell about, numbered, fixed, the same at every reading."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pypdfium2
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.documents import limit_in_chinese
from database.clock import current_time
from files.documents.open import open_document
from files.local_store import LocalStore
from files.models import IssuedDocument
from files.store import STORE
from tests.integration.cases.test_people_at_once import at_once
from tests.integration.cases.test_refused_items import REFUSAL
from tests.integration.cases.world import APPROVAL, World


def test_the_planning_report_and_the_receipt_are_issued_with_their_commands(world: World, tmp_path: Path) -> None:
    stage_case = world.start()
    world.drive(stage_case, until="dispatch")
    world.sessions.kw["info"][STORE] = LocalStore(tmp_path)

    issued = world.rows("SELECT kind, number, data FROM issued_documents ORDER BY issued_at")

    assert [(row.kind, row.number) for row in issued] == [("planning_report", 1), ("intake_receipt", 1)]
    stage = world.release.process_types["1"].stages["2"]
    report, receipt = issued[0].data, issued[1].data
    assert {entry["name"] for entry in report["items"]} == {entry.item.name for entry in stage.items}
    assert (report["stage"], report["project"]) == (stage.name, "闾山中学新校区")
    assert len(receipt["materials"]) == world.scalar("SELECT count(*) FROM stage_materials")
    assert read(world, "planning_report").count("闾山中学新校区") >= 1
    assert "收件凭证" in read(world, "intake_receipt")
    assert world.scalar("SELECT receipt FROM stage_cases") == "210782 收件〔2026〕1号"


def test_a_document_is_the_same_at_every_reading(world: World, tmp_path: Path) -> None:
    stage_case = world.start()
    world.drive(stage_case, until="submit_materials")
    world.sessions.kw["info"][STORE] = LocalStore(tmp_path)

    first, second = (content(world, "planning_report") for _ in range(2))

    assert first == second
    rows = world.rows("SELECT sha256 FROM issued_documents WHERE kind = 'planning_report'")
    assert [row.sha256 for row in rows] == [path.name for path in tmp_path.rglob("*") if path.is_file()]
    actions = world.rows(
        "SELECT e.action FROM audit_entries e JOIN issued_documents d ON e.stream_id = d.id::text "
        "WHERE d.kind = 'planning_report' ORDER BY e.sequence"
    )
    assert [row.action for row in actions] == ["document.issue", "document.download", "document.download"]


def test_two_readers_at_once_get_the_same_document(world: World, tmp_path: Path) -> None:
    world.drive(world.start(), until="scan")
    world.sessions.kw["info"][STORE] = LocalStore(tmp_path)

    read: list[bytes] = []
    refused = at_once([lambda: read.append(content(world, "planning_report")) for _ in range(6)])

    assert refused == [None] * 6
    assert len(read) == 6
    assert len(set(read)) == 1
    assert world.scalar("SELECT count(*) FROM stored_files WHERE media_type = 'application/pdf' AND size > 1000") == 1


def test_stage_completion_is_recorded_with_every_item_and_its_result(world: World) -> None:
    world.drive(world.start())

    (issued,) = world.rows("SELECT data FROM issued_documents WHERE kind = 'stage_completion'")

    cases = world.rows("SELECT name, main FROM item_cases")
    assert {(entry["name"], entry["main"]) for entry in issued.data["items"]} == {(row.name, row.main) for row in cases}
    assert [entry["main"] for entry in issued.data["items"]] == sorted((row.main for row in cases), reverse=True)
    result = f"{APPROVAL['result_title']}，{APPROVAL['result_number']}"
    assert {(entry["result"], entry["date"]) for entry in issued.data["items"] if entry["main"]} == {
        (result, "2026年11月20日")
    }


def test_a_void_stage_case_gives_notice_with_the_reason_and_where_each_item_stood(world: World) -> None:
    stage_case = world.start()
    world.drive(stage_case, until="review")
    for item, decision in (("061", APPROVAL), ("062", REFUSAL)):
        case = world.scalar("SELECT id FROM item_cases WHERE item_code = :item", item=item)
        for values in ({"decision": "accept"}, {}, decision):
            world.complete(next(task for task in world.tasks(stage_case) if task.item_case_id == case), values)

    (issued,) = world.rows("SELECT data FROM issued_documents WHERE kind = 'void'")

    assert issued.data["reason"] == REFUSAL["reason"]
    standing = sorted(entry["status"] for entry in issued.data["items"])
    waiting = world.scalar("SELECT count(*) FROM item_cases") - 2
    assert standing == ["办结(不通过)", "办结(通过)", *["已接件"] * waiting]


@pytest.mark.parametrize(
    ("text", "words"),
    [("3WD", "3个工作日"), ("10ND", "10日"), ("2026-11-22", "2026年11月22日"), (None, "不限"), ("PT30M", "PT30M")],
)
def test_a_limit_is_written_in_words(text: str | None, words: str) -> None:
    assert limit_in_chinese(text) == words


def content(world: World, kind: str) -> bytes:
    """The PDF of the one document of a kind, as the lead officer gets it."""

    def work(session: Session) -> bytes:
        document = session.scalars(select(IssuedDocument).where(IssuedDocument.kind == kind)).one()
        assert isinstance(document.id, UUID)
        return b"".join(open_document(session, world.lead, document, now=current_time(session)).chunks)

    return world.run(work)


def read(world: World, kind: str) -> str:
    """The text of a document."""
    document = pypdfium2.PdfDocument(content(world, kind))
    try:
        return "".join(page.get_textpage().get_text_bounded() for page in document).replace("\r\n", "")
    finally:
        document.close()
