"""What is decided on a promise and followed up: pledges and deferred materials; and the delivery of a result."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from accounts.actor import Actor
from cases.deliver_result import deliver_result
from cases.resume_item import resume_item
from cases.start_stage_case import start_stage_case
from database.clock import current_time
from errors import Conflict, Invalid, NotAllowed, NotFound
from tests.integration.cases.items import accept, approve, item, officer, task_of
from tests.integration.cases.test_item_outcomes import (
    BEFORE,
    MAIN,
    MONDAY,
    ON_PLEDGE,
    documents,
    preparation,
    suspend,
)
from tests.integration.cases.world import World

__all__ = ["preparation"]


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
    assert (promise.kind, promise.status, promise.due_on) == ("pledge", "open", date(2026, 4, 2))
    assert (promise.department_id, promise.lead_id) == (item(world, code).department_id, world.lead.organisation_id)
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

    kept = world.rows("SELECT kind, status, materials, due_on FROM promises")
    assert kept == [("deferred", "kept", codes, date(2026, 3, 20))]
    statuses = world.rows("SELECT DISTINCT status FROM stage_materials WHERE code = ANY(:codes)", codes=codes)
    assert [row.status for row in statuses] == ["passed"]
