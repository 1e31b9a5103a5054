"""A stage from planning to completion, as its people drive it."""

from __future__ import annotations

from tests.integration.cases.world import World


def test_planning_asks_every_candidate_items_department(world: World) -> None:
    stage_case = world.start()

    asked = world.tasks(stage_case, "answer")

    assert len(asked) == len(world.release.process_types["1"].stages["2"].items)


def test_a_stage_goes_from_planning_to_completion(world: World) -> None:
    stage_case = world.start()

    world.drive(stage_case)

    row = world.rows("SELECT * FROM stage_cases")[0]
    assert (row.status, row.receipt is not None, row.ended_at is not None) == ("completed", True, True)
    assert {case.status for case in world.rows("SELECT status FROM item_cases")} == {11}
    assert world.scalar("SELECT count(*) FROM process_instances WHERE status = 'active'") == 0
    assert world.scalar("SELECT count(*) FROM due_rows WHERE cancelled_at IS NULL AND fired_at IS NULL") == 0
