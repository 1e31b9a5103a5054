"""Intake: what is handed in is a true document, every material is judged, and the receipt comes when none is open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.actor import Actor
from cases.models import WorkItem
from errors import Conflict, Invalid
from files.attach_file import attach_file
from files.models import Upload
from tests.integration.cases.conftest import Preparation
from tests.integration.cases.world import World


def waiting_at_the_window(world: World) -> UUID:
    """A stage whose materials are to be brought to the window."""
    found = world.start()
    world.drive(found, until="scan")
    return found


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    """The stage that each test has a copy of."""
    return waiting_at_the_window


def task(world: World, stage_case: UUID, element: str) -> WorkItem:
    """The one open task of an element."""
    (found,) = world.tasks(stage_case, element)
    return found


def material(world: World, stage_case: UUID, code: str) -> Any:
    """A material of the stage."""
    (row,) = world.rows(
        "SELECT * FROM stage_materials WHERE stage_case_id = :case AND code = :code", case=stage_case, code=code
    )
    return row


def codes(world: World, stage_case: UUID, necessity: str, status: str = "missing") -> list[str]:
    """The codes of the materials of a necessity in a status."""
    rows = world.rows(
        "SELECT code FROM stage_materials WHERE stage_case_id = :case AND necessity = :necessity AND status = :status"
        " ORDER BY code",
        case=stage_case,
        necessity=necessity,
        status=status,
    )
    return [row.code for row in rows]


def make_deferrable(world: World, stage_case: UUID) -> str:
    """Let one required material be deferrable, as a pack may say; its code."""
    code = codes(world, stage_case, "required")[0]
    with world.database.connect() as connection:
        connection.exec_driver_sql(
            "UPDATE stage_materials SET necessity = 'deferrable' WHERE stage_case_id = %s AND code = %s",
            (stage_case, code),
        )
    return code


def hand_in(world: World, stage_case: UUID, *rows: dict[str, Any]) -> None:
    """The clerk hands these materials in."""
    world.complete(task(world, stage_case, "scan"), {"materials": list(rows)})


def refused(world: World, stage_case: UUID, row: dict[str, Any]) -> tuple[str, str | None]:
    """Code and field of the refusal of a hand-in; the material is as it was."""
    before = material(world, stage_case, row["code"])
    with pytest.raises(Invalid) as caught:
        hand_in(world, stage_case, row)
    assert material(world, stage_case, row["code"]) == before
    return caught.value.code, caught.value.field


def review(world: World, stage_case: UUID, decision: str, **results: str) -> None:
    """The clerk judges materials; what is returned says why."""
    rows = [
        {"code": code, "result": result, **({"reason": "缺少签章"} if result != "passed" else {})}
        for code, result in results.items()
    ]
    world.complete(task(world, stage_case, "review_form"), {"decision": decision, "materials": rows})


def submitted(code: str, upload: UUID | str) -> dict[str, Any]:
    return {"code": code, "status": "submitted", "reference": str(upload)}


def several(code: str, first: UUID | str, *more: UUID | str) -> dict[str, Any]:
    return {**submitted(code, first), "more": [{"reference": str(upload)} for upload in more]}


def test_a_material_is_handed_in_as_an_upload_and_one_upload_serves_many(world: World, stage_case: UUID) -> None:
    first, second = codes(world, stage_case, "required")[:2]
    upload = world.upload(world.clerk)

    hand_in(world, stage_case, submitted(first, upload), submitted(second, upload))

    assert [material(world, stage_case, code).upload_ids for code in (first, second)] == [[upload], [upload]]
    assert material(world, stage_case, first).source == "applicant"
    uses = world.rows("SELECT purpose, label, stage_case_id FROM file_uses WHERE upload_id = :upload", upload=upload)
    assert {(use.purpose, use.label, use.stage_case_id) for use in uses} == {
        ("material", first, stage_case),
        ("material", second, stage_case),
    }


def test_a_material_holds_several_files_in_the_order_of_the_form_and_the_receipt_lists_them(
    world: World, stage_case: UUID
) -> None:
    code = codes(world, stage_case, "required")[0]
    names = ("总平面图.pdf", "立面图.pdf", "剖面图.pdf")
    first, *more = [world.upload(world.clerk, name) for name in names]
    rows = [entry for entry in world.values(task(world, stage_case, "scan"))["materials"] if entry["code"] != code]

    assert refused(world, stage_case, several(code, first, first)) == (
        "file_repeated",
        "values.materials.0.more.0.reference",
    )
    assert refused(world, stage_case, several(code, first, more[0], "剖面图")) == (
        "file_unknown",
        "values.materials.0.more.1.reference",
    )
    hand_in(world, stage_case, several(code, first, *more), *rows)

    assert material(world, stage_case, code).upload_ids == [first, *more]
    labels = world.rows("SELECT label FROM file_uses WHERE upload_id = ANY(:uploads)", uploads=[first, *more])
    assert [row.label for row in labels] == [code] * 3
    review(world, stage_case, "passed", **dict.fromkeys([code, *(entry["code"] for entry in rows)], "passed"))
    world.complete(task(world, stage_case, "formal"))
    (receipt,) = world.rows("SELECT data FROM issued_documents WHERE kind = 'intake_receipt'")
    assert list(names) in [entry["files"] for entry in receipt.data["materials"]]


def test_what_is_returned_is_handed_in_anew_with_fewer_files(world: World, stage_case: UUID) -> None:
    code = codes(world, stage_case, "required")[0]
    before = [world.upload(world.clerk) for _ in range(3)]
    hand_in(world, stage_case, several(code, *before))
    review(world, stage_case, "returned", **{code: "returned"})
    hand_in(world, stage_case, submitted(code, before[2]))

    assert material(world, stage_case, code).upload_ids == [before[2]]


@pytest.mark.parametrize("reference", ["总平面图.pdf", "038d505f-e87d-4a97-bc86-e063e2306a80"])
def test_a_word_or_an_unknown_id_is_no_document(world: World, stage_case: UUID, reference: str) -> None:
    code = codes(world, stage_case, "required")[0]

    assert refused(world, stage_case, submitted(code, reference)) == ("file_unknown", "values.materials.0.reference")


def test_nobody_hands_in_what_somebody_else_uploaded_for_himself(world: World, stage_case: UUID) -> None:
    code = codes(world, stage_case, "required")[0]
    strange = world.upload(world.person("gas", "officer"))

    assert refused(world, stage_case, submitted(code, strange))[0] == "file_unknown"


def attach(world: World, upload: UUID, stage_case: UUID, actor: Actor) -> None:
    """Somebody attaches his upload to a stage case."""
    world.run(
        lambda session: attach_file(
            session,
            actor,
            session.get_one(Upload, upload),
            subject="stage_case_id",
            subject_id=stage_case,
            purpose="other",
            now=world.database.now,
        )
    )


def test_what_serves_the_project_already_may_be_handed_in_and_what_serves_another_may_not(
    world: World, stage_case: UUID
) -> None:
    code, colleague = (
        codes(world, stage_case, "required")[0],
        world.person("natural_resources_window", "window_clerk", 2),
    )
    elsewhere = world.start(world.register("2403-210782-04-01-654321"))
    here, there = world.upload(colleague), world.upload(colleague)
    attach(world, here, stage_case, colleague)
    attach(world, there, elsewhere, colleague)

    assert refused(world, stage_case, submitted(code, there))[0] == "file_unknown"
    hand_in(world, stage_case, submitted(code, here))
    assert material(world, stage_case, code).upload_ids == [here]


def test_only_what_was_returned_is_handed_in_again(world: World, stage_case: UUID) -> None:
    world.complete(task(world, stage_case, "scan"), world.values(task(world, stage_case, "scan")))
    first, *others = sorted(codes(world, stage_case, "required", "submitted"))
    judged = {
        row.code: "passed"
        for row in world.rows(
            "SELECT code FROM stage_materials WHERE status = 'submitted' AND code <> :code", code=first
        )
    }
    review(world, stage_case, "returned", **{first: "returned"}, **judged)
    back = material(world, stage_case, first)
    assert (back.status, back.reason) == ("returned", "缺少签章")

    again = world.upload(world.clerk)
    assert refused(world, stage_case, submitted(others[0], again)) == ("material_taken", "values.materials.0.code")
    hand_in(world, stage_case, submitted(first, again))

    assert material(world, stage_case, first).upload_ids == [again]
    review(world, stage_case, "passed", **{first: "passed"})
    assert task(world, stage_case, "formal")


def test_a_review_judges_every_material_that_waits(world: World, stage_case: UUID) -> None:
    first, second = codes(world, stage_case, "required")[:2]
    upload = world.upload(world.clerk)
    hand_in(world, stage_case, submitted(first, upload), submitted(second, upload))

    with pytest.raises(Invalid) as caught:
        review(world, stage_case, "returned", **{first: "passed"})
    assert (caught.value.code, caught.value.field) == ("materials_unreviewed", "values.materials")
    assert material(world, stage_case, first).status == "submitted"


def test_a_review_cannot_pass_what_is_open_nor_return_nothing(world: World, stage_case: UUID) -> None:
    world.complete(task(world, stage_case, "scan"), world.values(task(world, stage_case, "scan")))
    waiting = [row.code for row in world.rows("SELECT code FROM stage_materials WHERE status = 'submitted'")]
    passed = dict.fromkeys(waiting, "passed")

    for decision, results, code in (
        ("passed", {**passed, waiting[0]: "returned"}, "materials_open"),
        ("returned", passed, "nothing_returned"),
    ):
        with pytest.raises(Invalid) as caught:
            review(world, stage_case, decision, **results)
        assert (caught.value.code, caught.value.field) == (code, "values.decision")


def test_what_is_necessary_cannot_be_declared_not_applicable(world: World, stage_case: UUID) -> None:
    code = codes(world, stage_case, "required")[0]
    row = {"code": code, "status": "not_applicable", "reason": "本项目不涉及"}

    assert refused(world, stage_case, row) == ("material_necessary", "values.materials.0.status")


def test_a_conditional_material_says_its_condition_and_may_be_not_applicable_with_a_reason(
    world: World, stage_case: UUID
) -> None:
    code = codes(world, stage_case, "conditional")[0]
    assert material(world, stage_case, code).condition

    assert refused(world, stage_case, {"code": code, "status": "not_applicable"})[0] == "form_invalid"
    hand_in(world, stage_case, {"code": code, "status": "not_applicable", "reason": "本项目不涉及"})

    assert material(world, stage_case, code).status == "not_applicable"


def test_a_condition_that_nobody_judged_keeps_intake_open_and_the_window_may_judge_it(
    world: World, stage_case: UUID
) -> None:
    code, needed = codes(world, stage_case, "conditional")[0], codes(world, stage_case, "required")[0]
    rows = [entry for entry in world.values(task(world, stage_case, "scan"))["materials"] if entry["code"] != code]
    hand_in(world, stage_case, *rows)
    passed = {entry["code"]: "passed" for entry in rows}

    with pytest.raises(Invalid, match="没有判断条件是否满足") as caught:
        review(world, stage_case, "passed", **passed)
    assert (caught.value.code, caught.value.field) == ("condition_unjudged", "values.materials")
    assert (material(world, stage_case, code).condition or "") in caught.value.message
    with pytest.raises(Invalid) as necessary:
        review(world, stage_case, "passed", **{**passed, needed: "not_applicable"})
    assert necessary.value.code == "material_necessary"
    review(world, stage_case, "passed", **passed, **{code: "not_applicable"})

    found = material(world, stage_case, code)
    assert (found.status, found.reason) == ("not_applicable", "缺少签章")
    with world.database.connect() as connection:
        connection.exec_driver_sql("UPDATE stage_materials SET status = 'missing' WHERE code = %s", (code,))
    with pytest.raises(Conflict) as open_again:
        world.complete(task(world, stage_case, "formal"))
    assert open_again.value.code == "condition_unjudged"


def test_a_deferrable_material_is_promised_by_a_day_and_the_promise_is_kept_as_data(
    world: World, stage_case: UUID
) -> None:
    code = make_deferrable(world, stage_case)
    today = world.release.calendar.local(world.database.now).date()
    row = {"code": code, "status": "deferred", "promised_by": (today + timedelta(days=10)).isoformat()}

    assert refused(world, stage_case, {**row, "promised_by": today.isoformat()}) == (
        "promise_past",
        "values.materials.0.promised_by",
    )
    rows = [entry for entry in world.values(task(world, stage_case, "scan"))["materials"] if entry["code"] != code]
    hand_in(world, stage_case, row, *rows)
    judged = [entry["code"] for entry in rows]
    review(world, stage_case, "passed", **dict.fromkeys([code, *judged], "passed"))

    found = material(world, stage_case, code)
    assert (found.status, found.promised_by) == ("deferred", today + timedelta(days=10))
    world.complete(task(world, stage_case, "formal"))
    (receipt,) = world.rows("SELECT data FROM issued_documents WHERE kind = 'intake_receipt'")
    (entry,) = [entry for entry in receipt.data["materials"] if entry["status"] == "容缺后补"]
    assert (entry["name"], entry["necessity"]) == (found.name, "容缺")
    assert entry["note"].startswith("承诺于 ")


def test_a_deferrable_material_that_nobody_speaks_of_keeps_intake_open(world: World, stage_case: UUID) -> None:
    code = make_deferrable(world, stage_case)
    rows = [entry for entry in world.values(task(world, stage_case, "scan"))["materials"] if entry["code"] != code]
    hand_in(world, stage_case, *rows)

    with pytest.raises(Invalid) as caught:
        review(world, stage_case, "passed", **{entry["code"]: "passed" for entry in rows})
    assert caught.value.code == "materials_open"


def test_what_is_required_cannot_be_promised(world: World, stage_case: UUID) -> None:
    code = codes(world, stage_case, "required")[0]
    row = {"code": code, "status": "deferred", "promised_by": "2099-01-04"}

    assert refused(world, stage_case, row) == ("material_not_deferrable", "values.materials.0.status")


def test_formal_intake_waits_while_a_necessary_material_is_open(world: World, stage_case: UUID) -> None:
    world.drive(stage_case, until="formal")
    code = codes(world, stage_case, "required", "passed")[0]
    with world.database.connect() as connection:
        connection.exec_driver_sql("UPDATE stage_materials SET status = 'submitted' WHERE code = %s", (code,))

    with pytest.raises(Conflict) as caught:
        world.complete(task(world, stage_case, "formal"))

    assert caught.value.code == "materials_open"
    assert world.scalar("SELECT receipt FROM stage_cases WHERE id = :case", case=stage_case) is None
    assert world.scalar("SELECT count(*) FROM issued_documents WHERE kind = 'intake_receipt'") == 0


def test_what_passed_in_a_void_stage_case_is_on_file_for_the_new_one(world: World) -> None:
    engineering = world.register()
    first = world.start(engineering)
    world.drive(first, until="formal")
    with world.database.connect() as connection:
        connection.exec_driver_sql("UPDATE stage_cases SET status = 'void'")
    again = world.start(engineering)
    world.drive(again, until="scan")

    before = world.rows(
        "SELECT code, upload_ids FROM stage_materials WHERE stage_case_id = :case AND status = 'passed'", case=first
    )
    after = world.rows("SELECT code, upload_ids FROM stage_materials WHERE source = 'on_file' AND status = 'passed'")

    assert before
    assert {(row.code, *row.upload_ids) for row in after} == {(row.code, *row.upload_ids) for row in before}


def test_a_correction_replaces_a_material_of_its_item_and_of_no_other(world: World, stage_case: UUID) -> None:
    world.drive(stage_case, until="review")
    item = world.rows("SELECT id FROM item_cases WHERE item_code = '005'")[0].id
    (waiting,) = [found for found in world.tasks(stage_case, "review") if found.item_case_id == item]
    world.complete(waiting, {"decision": "correction", "missing": "缺少申请表"})
    correct = task(world, stage_case, "correct")
    own, strange = (
        world.scalar(f"SELECT code FROM stage_materials WHERE {condition} AND upload_ids <> '{{}}' ORDER BY code")
        for condition in ("'005' = ANY(items)", "NOT '005' = ANY(items)")
    )
    upload = world.upload(world.clerk)

    with pytest.raises(Invalid) as caught:
        world.complete(correct, {"materials": [submitted(strange, upload)]})
    assert caught.value.code == "material_of_another_item"
    world.complete(correct, {"materials": [submitted(own, upload)]})

    found = material(world, stage_case, own)
    assert (found.status, found.upload_ids) == ("passed", [upload])


def test_a_correction_may_promise_what_the_catalogue_lets_be_deferred_and_nothing_else(
    world: World, stage_case: UUID
) -> None:
    world.drive(stage_case, until="review")
    item = world.rows("SELECT id FROM item_cases WHERE item_code = '005'")[0].id
    own, other = (
        row.code
        for row in world.rows(
            "SELECT code FROM stage_materials WHERE '005' = ANY(items) AND necessity = 'required' ORDER BY code LIMIT 2"
        )
    )
    with world.database.connect() as connection:
        connection.exec_driver_sql("UPDATE stage_materials SET necessity = 'deferrable' WHERE code = %s", (own,))
    (waiting,) = [found for found in world.tasks(stage_case, "review") if found.item_case_id == item]
    asked = [{"code": code, "reason": "缺少签章"} for code in (own, other)]
    world.complete(waiting, {"decision": "correction", "missing": "缺少签章", "materials": asked})
    correct = task(world, stage_case, "correct")
    until = (world.release.calendar.local(world.database.now).date() + timedelta(days=20)).isoformat()
    promise = {"status": "deferred", "promised_by": until}

    with pytest.raises(Invalid) as caught:
        world.complete(correct, {"materials": [{"code": code, **promise} for code in (own, other)]})
    assert (caught.value.code, caught.value.field) == ("material_not_deferrable", "values.materials.1.status")
    with pytest.raises(Conflict) as incomplete:
        world.complete(correct, {"materials": [{"code": own, **promise}]})
    assert incomplete.value.code == "correction_incomplete"
    world.complete(correct, {"materials": [{"code": own, **promise}, submitted(other, world.upload(world.clerk))]})

    found = material(world, stage_case, own)
    assert (found.status, found.promised_by.isoformat(), found.upload_ids) == ("deferred", until, [])
