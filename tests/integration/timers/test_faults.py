"""Real processes are killed in every window while people work: nothing is lost, done twice, or early."""

from __future__ import annotations

from tests.faults.kills import WINDOWS
from tests.faults.storm import storm

KILLS = 20


def test_nothing_is_lost_twice_or_early_however_processes_and_servers_end() -> None:
    outcome = storm(KILLS)

    assert outcome.wrong == []
    assert outcome.kills.total() == KILLS, outcome.missed
    assert set(outcome.kills) == set(WINDOWS), "a window without a kill"
    assert outcome.restarts.keys() == {"redis", "postgres", "weekend"}
    assert outcome.acknowledged > KILLS
    assert outcome.repeated > 0, "no client ever had to ask again"
    assert outcome.fired > KILLS
