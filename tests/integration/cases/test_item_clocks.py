"""The due that is stored is the one that follows from the status events and the freezes of the stage alone."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from cases.status import stretches_held
from errors import Conflict
from tests.integration.cases.items import item
from tests.integration.cases.test_holds import AUXILIARY, MAIN, limit, preparation, resume, suspend
from tests.integration.cases.world import World
from worktime import Hold, due, parse_limit

__all__ = ["preparation"]
STEPS = 9


def by_events(world: World, code: str) -> tuple[object, bool]:
    """The due of an item's limit, or None while its clock stands, from its events and the freezes alone."""
    case = item(world, code)
    events = world.rows(
        "SELECT code, effective_at FROM status_events WHERE item_case_id = :id ORDER BY sequence", id=case.id
    )
    started, own = stretches_held([(event.code, event.effective_at) for event in events])
    frozen = [
        Hold(row.started_at, row.ended_at)
        for row in world.rows("SELECT started_at, ended_at FROM holds WHERE item_case_id IS NULL")
    ]
    holds = (*own, *frozen)
    assert started is not None
    stands = any(hold.end is None for hold in holds)
    release = world.release
    closed = [hold for hold in holds if hold.end is not None]
    reached = due(release.calendar, started, parse_limit(case.limit_text), closed, release.counting)
    return (None if stands else reached.at), stands


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_stored_clock_follows_from_the_events_on_random_histories(
    world: World, stage_case: UUID, seed: int
) -> None:
    random = Random(seed)
    for _ in range(STEPS):
        world.database.move_clock(timedelta(minutes=random.randint(1, 2 * 24 * 60)))
        act, code = random.choice((suspend, resume)), random.choice((MAIN, AUXILIARY))
        with suppress(Conflict):  # suspended already
            act(world, code)
        for each in (MAIN, AUXILIARY):
            stored, (expected, stands) = limit(world, each), by_events(world, each)
            assert stored.held == stands
            assert stands or stored.due_at == expected
