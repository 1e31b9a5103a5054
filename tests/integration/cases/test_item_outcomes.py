"""The documents of an item's course, corrections, special procedures with their own limit, extension of a limit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.actor import Actor
from cases.evidence import Evidence, record_evidence
from cases.extend_limit import extend_limit
from cases.extend_procedure import extend_procedure
from cases.resume_item import resume_item
from cases.suspend_item import suspend_item
from errors import Conflict, Invalid, NotAllowed
from tests.integration.cases.conftest import Preparation
from tests.integration.cases.items import accept, approve, item, officer, task_of, waiting_for_review
from tests.integration.cases.world import World

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # ten o'clock in the region
BEFORE, MAIN, AUXILIARY, ON_PLEDGE = "061", "062", "063", "010"
GROUNDS: dict[str, Any] = {"procedure": "experts", "reason": "方案复杂", "basis": "实施细则第六条"}


def in_handling(world: World) -> UUID:
    """A stage in which one main-line and one parallel item are being handled, the others wait for their review."""
    world.database.set_clock(MONDAY)
    found = waiting_for_review(world)
    for code in (BEFORE, MAIN, AUXILIARY):
        accept(world, code)
        if code == BEFORE:
            approve(world, code)
    return found


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    """The stage that each test has a copy of."""
    return in_handling


def suspend(world: World, code: str, **changed: Any) -> None:
    """The department suspends an item."""
    who, case = officer(world, code), item(world, code).id
    world.run(lambda session: suspend_item(session, who, case, **{**GROUNDS, **changed}))


def documents(world: World, code: str) -> list[str]:
    """The kinds of documents that were issued of the item case."""
    rows = world.rows(
        "SELECT kind FROM issued_documents WHERE item_case_id = :id ORDER BY issued_at, kind", id=item(world, code).id
    )
    return [row.kind for row in rows]


def test_every_act_of_a_department_issues_its_document(world: World, stage_case: UUID) -> None:
    world.complete(task_of(world, "010"), {"decision": "correction", "missing": "缺少申请表"})
    decline = {"decision": "decline", "reason": "不属受理范围", "basis": "目录第二条", "deviation": "主体已变更"}
    world.complete(task_of(world, "050"), decline)
    refusal = {"decision": "refuse", "reason": "不符合", "basis": "第三条", "deviation": "方案变更"}
    world.complete(task_of(world, AUXILIARY), refusal)

    assert documents(world, BEFORE) == ["acceptance", "approval_cover"]
    assert documents(world, "010") == ["correction"]
    assert documents(world, "050") == ["non_acceptance"]
    assert documents(world, AUXILIARY) == ["acceptance", "refusal"]


def test_a_correction_names_materials_and_ends_when_all_are_there(world: World, stage_case: UUID) -> None:
    code = world.rows("SELECT code FROM stage_materials WHERE :item = ANY(items) ORDER BY code", item="010")[0].code
    asked = [{"code": code, "reason": "没有盖章"}]
    world.complete(task_of(world, "010"), {"decision": "correction", "missing": "请盖章", "materials": asked})
    correct = task_of(world, "010")

    with pytest.raises(Conflict, match="请收齐"):
        world.complete(correct, {"materials": []})
    assert item(world, "010").history == [1, 6]
    given = next(entry for entry in world.values(correct)["materials"] if entry["code"] == code)
    world.complete(correct, {"materials": [given]})

    assert item(world, "010").history == [1, 6, 7]
    assert world.scalar("SELECT status FROM stage_materials WHERE code = :code", code=code) == "passed"


def test_a_correction_asks_only_for_materials_of_its_item(world: World, stage_case: UUID) -> None:
    code = world.rows("SELECT code FROM stage_materials WHERE NOT :item = ANY(items)", item="010")[0].code
    asked = [{"code": code, "reason": "没有盖章"}]

    with pytest.raises(Invalid, match="不是本事项要的材料"):
        world.complete(task_of(world, "010"), {"decision": "correction", "missing": "请盖章", "materials": asked})


def test_a_decision_against_the_opinion_of_planning_needs_its_reason(world: World, stage_case: UUID) -> None:
    refusal = {"decision": "refuse", "reason": "不符合", "basis": "第三条"}

    with pytest.raises(Invalid, match="与策划意见相反") as refused:
        world.complete(task_of(world, AUXILIARY), refusal)
    assert (refused.value.field, refused.value.clause) == ("values.deviation", "beizhen-4-1b")
    world.complete(task_of(world, AUXILIARY), {**refusal, "deviation": "方案变更"})

    assert item(world, AUXILIARY).status == 13


def test_a_special_procedure_is_one_of_the_packs_with_grounds(world: World, stage_case: UUID) -> None:
    for changed, code in (
        ({"procedure": "holiday"}, "special_procedure_unknown"),
        ({"reason": " "}, "grounds_missing"),
        ({"basis": ""}, "grounds_missing"),
        ({"expected_end": date(2026, 3, 2)}, "day_is_over"),
    ):
        with pytest.raises(Invalid) as refused:
            suspend(world, AUXILIARY, **changed)
        assert refused.value.code == code
    assert item(world, AUXILIARY).history == [1, 3, 8]


def test_a_special_procedure_has_a_limit_of_its_own_and_ends_with_evidence(world: World, stage_case: UUID) -> None:
    suspend(world, AUXILIARY)
    who, case = officer(world, AUXILIARY), item(world, AUXILIARY).id
    own = world.rows("SELECT * FROM due_rows WHERE kind = 'procedure'")[0]
    assert (own.limit_text, own.held) == ("15WD", False)

    with pytest.raises(Conflict, match="专家论证意见"):
        world.run(lambda session: resume_item(session, who, case))
    world.run(lambda session: record_evidence(session, who, case, Evidence("专家论证意见〔2026〕3号")))
    world.run(lambda session: resume_item(session, who, case))

    assert item(world, AUXILIARY).history == [1, 3, 8, 9, 10]
    assert world.scalar("SELECT cancelled_at IS NOT NULL FROM due_rows WHERE kind = 'procedure'")
    assert "special_procedure" in documents(world, AUXILIARY)


def test_a_special_procedure_is_extended_with_a_reason_to_a_later_day(world: World, stage_case: UUID) -> None:
    suspend(world, AUXILIARY, expected_end=date(2026, 3, 10))
    who, case = officer(world, AUXILIARY), item(world, AUXILIARY).id

    def extend(day: date, reason: str = "专家未到齐") -> None:
        world.run(lambda session: extend_procedure(session, who, case, expected_end=day, reason=reason))

    with pytest.raises(Invalid):
        extend(date(2026, 3, 10))
    with pytest.raises(Invalid):
        extend(date(2026, 3, 20), " ")
    before = world.scalar("SELECT due_at FROM due_rows WHERE kind = 'procedure'")
    extend(date(2026, 3, 20))

    moved = world.scalar("SELECT due_at FROM due_rows WHERE kind = 'procedure'") - before
    assert moved == timedelta(days=10)
    assert world.scalar("SELECT expected_end FROM holds WHERE item_case_id = :id", id=case) == date(2026, 3, 20)
    assert world.scalar("SELECT cause FROM due_changes") == "extension"


def test_a_head_extends_the_limit_of_an_item_once(world: World, stage_case: UUID) -> None:
    who, head = officer(world, AUXILIARY), officer(world, AUXILIARY, "department_head")
    case, task = item(world, AUXILIARY).id, task_of(world, AUXILIARY).id
    before = world.rows("SELECT due_at, limit_text FROM due_rows WHERE task_id = :task", task=task)[0]

    def extend(actor: Actor, limit: str = "5WD", reason: str = "案情复杂") -> None:
        world.run(lambda session: extend_limit(session, actor, case, limit=limit, reason=reason))

    with pytest.raises(NotAllowed, match="负责人"):
        extend(who)
    for limit, reason in (("11WD", "复杂"), ("5ND", "复杂"), ("五天", "复杂"), ("5WD", " ")):
        with pytest.raises(Invalid):
            extend(head, limit, reason)
    extend(head)
    with pytest.raises(Conflict, match="只能延长一次"):
        extend(head)

    after = world.rows("SELECT due_at, limit_text FROM due_rows WHERE task_id = :task", task=task)[0]
    assert after.due_at - before.due_at == timedelta(days=7)
    assert int(after.limit_text[:-2]) == int(before.limit_text[:-2]) + 5
    assert documents(world, AUXILIARY)[-1] == "extension"
    assert item(world, AUXILIARY).history == [1, 3, 8]


def test_pause_and_extension_commute(world: World, stage_case: UUID) -> None:
    head, who = officer(world, AUXILIARY, "department_head"), officer(world, AUXILIARY)
    case, task = item(world, AUXILIARY).id, task_of(world, AUXILIARY).id
    before = world.scalar("SELECT due_at FROM due_rows WHERE task_id = :task", task=task)
    suspend(world, AUXILIARY)
    with pytest.raises(Conflict, match="正在挂起"):
        world.run(lambda session: extend_limit(session, head, case, limit="5WD", reason="复杂"))
    world.database.move_clock(timedelta(days=7))
    world.run(lambda session: resume_item(session, who, case, evidence="意见"))
    world.run(lambda session: extend_limit(session, head, case, limit="5WD", reason="复杂"))

    moved = world.scalar("SELECT due_at FROM due_rows WHERE task_id = :task", task=task) - before
    assert timedelta(days=13) < moved <= timedelta(days=14, minutes=1)
