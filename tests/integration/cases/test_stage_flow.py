"""A stage from planning to completion, as its people drive it."""

from __future__ import annotations

from tests.integration.cases.world import World


def test_planning_asks_every_candidate_items_department(world: World) -> None:
    stage_case = world.start()

    asked = world.tasks(stage_case, "answer")

    assert len(asked) == len(world.release.process_types["1"].stages["2"].items)
