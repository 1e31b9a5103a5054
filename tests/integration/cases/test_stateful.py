"""Random people play a stage against the use cases, on a real database with a clock that moves.

After each act everything that must always hold is asked of the database. What fails shrinks to a story.
"""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.integration.cases.random_people import People
from tests.integration.cases.stage_points import Points

# The suite plays the same few stages each time; STATEFUL_EXAMPLES=500 plays as many, others each time.
EXAMPLES = os.environ.get("STATEFUL_EXAMPLES")
PLAYS = settings(
    max_examples=int(EXAMPLES or 24),
    stateful_step_count=25,
    derandomize=EXAMPLES is None,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

TWICE = settings(PLAYS, max_examples=int(EXAMPLES or 5), derandomize=True, phases=[Phase.generate])


def test_whatever_people_do_the_rules_of_the_stage_hold(points: Points, data_folder: Path) -> None:
    machine = type("Here", (People,), {"points": points, "data": data_folder})
    run_state_machine_as_test(machine, settings=PLAYS)


def test_a_story_is_the_same_however_often_it_is_played(points: Points, data_folder: Path) -> None:
    """Otherwise nothing shrinks: what failed once would not fail again."""
    first, second = (story(points, data_folder) for _ in range(2))

    assert len(first) > 1
    assert first == second


def story(points: Points, data: Path) -> list[str]:
    """Who did what and what came of it; not why it was refused, which may list what was opened at once in any order."""
    told: list[str] = []
    machine = type(
        "Here",
        (People,),
        {"points": points, "data": data, "tell": lambda people, line: told.append(line.partition("：不行")[0])},
    )
    run_state_machine_as_test(machine, settings=TWICE)
    return told
