"""Extension, special procedures with their own limit, pledges, deferred materials, delivery, and the opinion beside."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.actor import Actor
from cases.consequences import Consequences, rehearse
from cases.deliver_result import deliver_result
from cases.evidence import Evidence, record_evidence
from cases.extend_limit import extend_limit
from cases.extend_procedure import extend_procedure
from cases.models import WorkItem
from cases.rehearse_decision import rehearse_decision
from cases.resume_item import resume_item
from cases.start_stage_case import start_stage_case
from cases.suspend_item import suspend_item
from cases.withdraw_item import withdraw_item
from database.clock import current_time
from errors import Conflict, Invalid, NotAllowed, NotFound
from tests.integration.cases.world import World

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # ten o'clock in the region
BEFORE, MAIN, AUXILIARY, ON_PLEDGE = "061", "062", "063", "010"
GROUNDS: dict[str, Any] = {"procedure": "experts", "reason": "方案复杂", "basis": "实施细则第六条"}


@pytest.fixture
def stage_case(world: World) -> UUID:
    """A stage in which one main-line and one parallel item are being handled, the others wait for their review."""
    world.database.set_clock(MONDAY)
    found = world.start()
    world.drive(found, until="review")
    for code in (BEFORE, MAIN, AUXILIARY):
        accept(world, code)
        if code == BEFORE:
            approve(world, code)
    return found


def item(world: World, code: str) -> Any:
    """The latest item case of an item."""
    return world.rows("SELECT * FROM item_cases WHERE item_code = :code ORDER BY attempt DESC", code=code)[0]


def task_of(world: World, code: str) -> WorkItem:
    """The open task of an item."""
    found = item(world, code)
    return next(task for task in world.tasks(found.stage_case_id) if task.item_case_id == found.id)


def accept(world: World, code: str, **values: Any) -> None:
    """The item is reviewed and accepted."""
    world.complete(task_of(world, code), {"decision": "accept"})
    world.complete(task_of(world, code), values)


def approve(world: World, code: str) -> None:
    """The item is approved."""
    world.complete(task_of(world, code), world.values(task_of(world, code)))


def officer(world: World, code: str, role: str = "officer") -> Actor:
    """Somebody of the item's department."""
    return world.person(item(world, code).department_id, role)


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


def pledged(world: World, code: str) -> None:
    """The item is accepted on a pledge, informed of and signed at the window."""
    accept(world, code, by_pledge=True)
    world.complete(task_of(world, code), {"conditions": "具备资质\n场地合格", "consequences": "撤销决定"})
    take = task_of(world, code)
    assert (take.role, take.organisation_id) == ("window_clerk", world.clerk.organisation_id)
    signed = {
        "promises": "已知晓\n按期整改",
        "signatory": "张三",
        "signed_on": "2026-03-02",
        "due_on": "2026-04-02",
        "reference": str(world.upload(world.clerk)),
    }
    world.complete(take, signed)


def test_an_item_without_pledge_in_the_catalogue_is_not_decided_on_one(world: World, stage_case: UUID) -> None:
    with pytest.raises(Invalid, match="没有标明告知承诺制") as refused:
        accept(world, "005", by_pledge=True)
    assert refused.value.clause == "beizhen-4-3-2e"


def test_a_pledge_is_decided_on_after_notice_and_signature_and_checked_later(world: World, stage_case: UUID) -> None:
    code = ON_PLEDGE
    pledged(world, code)
    assert documents(world, code) == ["acceptance", "pledge_notice", "pledge"]
    approve(world, code)

    promise = world.rows("SELECT * FROM promises")[0]
    assert (promise.kind, promise.status) == ("pledge", "open")
    check = world.tasks(stage_case, "check")[0]
    assert (check.name, check.organisation_id) == ("核查承诺", item(world, code).department_id)
    world.complete(check, {"result": "kept", "note": "已现场核查"})

    assert world.scalar("SELECT status FROM promises") == "kept"
    assert world.scalar("SELECT ended_at FROM stage_cases") is None


def test_a_broken_pledge_may_revoke_the_decision(world: World, stage_case: UUID) -> None:
    code = ON_PLEDGE
    pledged(world, code)
    approve(world, code)
    check = world.tasks(stage_case, "check")[0]

    with pytest.raises(Invalid, match="没有可退回"):
        world.complete(check, {"result": "returned", "note": "x"})
    world.complete(check, {"result": "revoked", "note": "承诺不实"})

    assert item(world, code).history[-2:] == [11, 15]
    assert world.scalar("SELECT status FROM promises") == "revoked"


def test_a_promise_outlives_the_freeze_and_the_void_of_its_stage(world: World, stage_case: UUID) -> None:
    code = ON_PLEDGE
    pledged(world, code)
    approve(world, code)
    check = world.tasks(stage_case, "check")[0]
    limit = "SELECT held, cancelled_at FROM due_rows WHERE task_id = :task"

    suspend(world, MAIN)
    assert world.rows(limit, task=check.id)[0] == (False, None)
    who, case = officer(world, MAIN), item(world, MAIN).id
    world.run(lambda session: resume_item(session, who, case, evidence="意见"))
    refusal = {"decision": "refuse", "reason": "不符合", "basis": "第三条", "deviation": "方案变更"}
    world.complete(task_of(world, MAIN), refusal)

    assert world.scalar("SELECT status FROM stage_cases") == "void"
    assert [task.id for task in world.tasks(stage_case)] == [check.id]
    assert world.rows(limit, task=check.id)[0] == (False, None)
    world.complete(check, {"result": "kept", "note": "已核查"})
    assert item(world, code).history == [1, 3, 8, 11]


def test_a_result_is_delivered_once_with_a_receipt(world: World, stage_case: UUID) -> None:
    case = item(world, BEFORE).id
    world.database.set_clock(datetime(2026, 11, 24, 2, 0, tzinfo=UTC))

    def deliver(actor: Actor, case: UUID = case, **changed: Any) -> None:
        given = {"way": "窗口领取", "recipient": "张三", "delivered_on": date(2026, 11, 23), **changed}
        world.run(lambda session: deliver_result(session, actor, case, **given))

    with pytest.raises(NotFound):
        deliver(world.person("sports", "officer"))
    with pytest.raises(NotAllowed):
        deliver(world.person("approval", "lead_officer"))
    for changed in ({"way": "飞鸽"}, {"delivered_on": date(2026, 11, 25)}, {"delivered_on": date(2026, 11, 1)}):
        with pytest.raises(Invalid):
            deliver(world.clerk, **changed)
    with pytest.raises(Conflict, match="没有可以送达"):
        deliver(world.clerk, item(world, MAIN).id)
    deliver(world.clerk)
    with pytest.raises(Conflict, match="已经登记送达"):
        deliver(world.clerk)

    assert world.scalar("SELECT count(*) FROM issued_documents WHERE kind = 'delivery_receipt'") == 1


def test_what_a_refusal_would_do_is_told_before_and_nothing_is_done(world: World, stage_case: UUID) -> None:
    task = task_of(world, MAIN)
    who, others = world.worker(task), len(world.tasks(stage_case))

    told: Consequences = world.run(lambda session: rehearse_decision(session, who, task.id, "refuse"))

    assert told.stage_status == "void"
    assert {found.item_code for found in told.items_ended} >= {MAIN, AUXILIARY}
    assert BEFORE not in {found.item_code for found in told.items_ended}
    assert told.tasks_closed == others
    assert told.clocks_ended > 0
    assert len(world.tasks(stage_case)) == others
    assert item(world, MAIN).history == [1, 3, 8]
    assert world.scalar("SELECT count(*) FROM issued_documents WHERE kind IN ('refusal', 'void')") == 0
    refusal = {"decision": "refuse", "reason": "不符合", "basis": "第三条", "deviation": "方案变更"}
    world.complete(task, refusal)
    assert world.tasks(stage_case) == []


def test_what_a_suspension_would_freeze_is_told_before(world: World, stage_case: UUID) -> None:
    who, main, other = officer(world, MAIN), item(world, MAIN).id, item(world, AUXILIARY).id
    tasks = len(world.tasks(stage_case))

    told = world.run(lambda session: rehearse(session, stage_case, lambda: suspend_item(session, who, main, **GROUNDS)))
    assert told.tasks_frozen == tasks
    assert len(told.items_frozen) == world.scalar("SELECT count(*) FROM item_cases WHERE ended_at IS NULL")
    assert (told.stage_status, told.items_ended, told.tasks_closed) == ("open", [], 0)
    assert told.clocks_stopped == 2

    own = officer(world, AUXILIARY)
    alone = world.run(
        lambda session: rehearse(session, stage_case, lambda: suspend_item(session, own, other, **GROUNDS))
    )
    assert [found.item_code for found in alone.items_frozen] == [AUXILIARY]
    gone = world.run(
        lambda session: rehearse(
            session, stage_case, lambda: withdraw_item(session, world.clerk, other, reason="方案调整")
        )
    )
    assert [found.item_code for found in gone.items_ended] == [AUXILIARY]
    assert not world.rows("SELECT FROM holds")


def test_only_who_may_decide_is_told_what_a_decision_would_do(world: World, stage_case: UUID) -> None:
    task = task_of(world, MAIN)

    with pytest.raises(NotAllowed):
        world.run(lambda session: rehearse_decision(session, world.lead, task.id, "refuse"))
    with pytest.raises(Invalid, match="决定只有"):
        world.run(lambda session: rehearse_decision(session, world.worker(task), task.id, "perhaps"))


def begin_building(world: World) -> UUID:
    """The stage 施工许可, begun at the window of its lead."""
    engineering, clerk = world.register(), world.person("housing_window", "window_clerk")
    return world.run(
        lambda session: (
            start_stage_case(
                session,
                clerk,
                engineering_id=engineering,
                stage="3",
                channel="window",
                process_type="1",
                now=current_time(session),
            ).id
        )
    )


def test_deferred_materials_make_a_12_and_are_handed_in_and_checked_later(world: World) -> None:
    world.database.set_clock(MONDAY)
    stage_case = begin_building(world)
    world.drive(stage_case, until="scan")
    take = world.tasks(stage_case, "scan")[0]
    deferrable = "SELECT code FROM stage_materials WHERE necessity = 'deferrable' AND '056' = ANY(items) ORDER BY code"
    codes = [row.code for row in world.rows(deferrable)]
    values = world.values(take)
    promised = [{"code": code, "status": "deferred", "promised_by": "2026-03-20"} for code in codes]
    values["materials"] = [entry for entry in values["materials"] if entry["code"] not in codes] + promised
    world.complete(take, values)
    world.drive(stage_case, until="hand_in")

    assert item(world, "056").history == [1, 3, 8, 12]
    hand_in = world.tasks(stage_case, "hand_in")[0]
    due = world.rows("SELECT limit_text, held FROM due_rows WHERE task_id = :task", task=hand_in.id)[0]
    assert due == ("2026-03-20", False)
    with pytest.raises(Conflict, match="收齐后一并提交"):
        world.complete(hand_in, {"materials": []})
    given = [
        {"code": code, "status": "submitted", "reference": str(world.upload(world.worker(hand_in)))} for code in codes
    ]
    world.complete(hand_in, {"materials": given})
    world.complete(world.tasks(stage_case, "check")[0], {"result": "returned", "note": "字迹不清"})
    again = world.tasks(stage_case, "hand_in")[0]
    world.complete(again, {"materials": given})
    world.complete(world.tasks(stage_case, "check")[0], {"result": "kept", "note": "已补齐"})

    assert world.rows("SELECT kind, status, materials FROM promises") == [("deferred", "kept", codes)]
    statuses = world.rows("SELECT DISTINCT status FROM stage_materials WHERE code = ANY(:codes)", codes=codes)
    assert [row.status for row in statuses] == ["passed"]
