"""What a decision, a suspension or a withdrawal would do is told before, and nothing is done."""

from __future__ import annotations

from uuid import UUID

import pytest

from cases.consequences import Consequences, rehearse
from cases.rehearse_decision import rehearse_decision
from cases.suspend_item import suspend_item
from cases.withdraw_item import withdraw_item
from errors import Invalid, NotAllowed
from tests.integration.cases.items import item, officer, task_of
from tests.integration.cases.test_item_outcomes import (
    AUXILIARY,
    BEFORE,
    GROUNDS,
    MAIN,
    preparation,
)
from tests.integration.cases.world import World

__all__ = ["preparation"]


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
    running = world.scalar(
        "SELECT count(*) FROM due_rows WHERE kind <> 'stage' AND cancelled_at IS NULL AND fired_at IS NULL"
    )

    told = world.run(lambda session: rehearse(session, stage_case, lambda: suspend_item(session, who, main, **GROUNDS)))
    assert told.tasks_frozen == tasks
    assert len(told.items_frozen) == world.scalar("SELECT count(*) FROM item_cases WHERE ended_at IS NULL")
    assert (told.stage_status, told.items_ended, told.tasks_closed) == ("open", [], 0)
    assert told.clocks_stopped == running > 0

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
