"""Limits that belong to a case: the stage's total runs from formal intake until the stage is closed."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from cases.fire_due import fire_due
from tests.integration.cases.stage_points import Points
from tests.integration.cases.test_holds import AUXILIARY, MAIN, preparation, resume, suspend
from tests.integration.cases.world import World

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)  # the opening of the first day that counts
__all__ = ["preparation"]


def clock(world: World) -> list[Any]:
    """The total limit of the stage."""
    return world.rows("SELECT * FROM due_rows WHERE kind = 'stage'")


@pytest.fixture
def intake(world: World) -> UUID:
    """A stage before its formal intake."""
    world.database.set_clock(MONDAY)
    found = world.start()
    world.drive(found, until="formal")
    return found


def test_the_total_limit_of_a_stage_runs_from_its_formal_intake(world: World, intake: UUID) -> None:
    assert clock(world) == []
    (task,) = world.tasks(intake, "formal")
    world.complete(task, world.values(task))

    (row,) = clock(world)
    stage = world.release.process_types["1"].stages["2"]
    lead = world.scalar("SELECT lead_id FROM stage_cases")
    assert (row.limit_text, row.task_id, row.organisation_id) == (stage.limit, intake, lead)
    assert row.yellow_at is not None
    assert row.cancelled_at is None


def test_the_total_limit_ends_with_the_stage(world: World, intake: UUID) -> None:
    world.drive(intake)

    (row,) = clock(world)
    assert world.scalar("SELECT status FROM stage_cases") == "completed"
    assert row.cancelled_at is not None
    assert row.fired_at is None


def test_a_total_limit_that_passes_is_told_once_and_runs_on(world: World, stage_case: UUID) -> None:
    (row,) = clock(world)
    world.database.set_clock(row.due_at + timedelta(seconds=1))

    assert world.run(lambda session: fire_due(session, row.id))
    assert not world.run(lambda session: fire_due(session, row.id))

    told = world.rows("SELECT payload FROM outbox WHERE topic = 'limit_passed'")
    assert [message.payload["due"] for message in told] == [str(row.id)]
    assert clock(world)[0].cancelled_at is None


@pytest.mark.parametrize(("procedure", "stops"), [("tender", True), ("experts", False)])
def test_freezing_stops_the_total_limit_only_where_the_procedure_says_so(
    world: World, stage_case: UUID, procedure: str, stops: bool
) -> None:
    (before,) = clock(world)
    suspend(world, MAIN, procedure=procedure)
    assert clock(world)[0].held == stops
    world.database.set_clock(TUESDAY + timedelta(days=7))
    resume(world, MAIN)

    (after,) = clock(world)
    assert not after.held
    assert (after.due_at > before.due_at) == stops


def test_the_total_limit_stands_while_any_procedure_that_stops_it_lasts(points: Points) -> None:
    with ExitStack() as after:
        (play,) = points.open("handling", after, lambda line: None)
        items = {item.item_code: item for item in play.items()}
        (before,) = clock(play.world)
        play.suspend(items["049"], "experts")
        play.wait(timedelta(days=1))
        play.suspend(items["062"], "tender")
        play.wait(timedelta(days=1))
        play.resume(items["062"])
        assert not clock(play.world)[0].held
        play.wait(timedelta(days=1))
        play.suspend(items["062"], "tender")
        play.wait(timedelta(days=1))
        play.resume(items["049"])
        assert clock(play.world)[0].held
        play.resume(items["062"])

        (row,) = clock(play.world)
        assert not row.held
        # two working days of tender, and the minutes of the acts between: past the close, so the next morning
        assert (before.due_at, row.due_at) == (
            datetime(2026, 3, 31, 9, 30, tzinfo=UTC),
            datetime(2026, 4, 3, 0, 33, tzinfo=UTC),
        )
        causes = play.world.rows("SELECT cause FROM holds WHERE item_case_id IS NULL ORDER BY started_at")
        assert ["招标" in row.cause for row in causes] == [False, True, False, True]


def test_suspending_an_auxiliary_item_leaves_the_total_limit_alone(world: World, stage_case: UUID) -> None:
    (before,) = clock(world)
    suspend(world, AUXILIARY, procedure="tender")
    world.database.set_clock(TUESDAY + timedelta(days=7))
    resume(world, AUXILIARY)

    assert clock(world)[0].due_at == before.due_at
