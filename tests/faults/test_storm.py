"""Nothing is lost, done twice or early, whichever process is killed at whichever instant while people work."""

from __future__ import annotations

from tests.faults.kills import WINDOWS
from tests.faults.storm import storm

KILLS = 20


def test_nothing_is_lost_twice_or_early_when_processes_are_killed_and_servers_restarted() -> None:
    outcome = storm(KILLS)
    assert outcome.wrong == []
    assert outcome.kills.total() >= KILLS, outcome
    assert set(outcome.kills) == set(WINDOWS), outcome
    assert set(outcome.restarts) == {"redis", "postgres", "weekend"}
    assert outcome.acknowledged
    assert outcome.repeated
    assert outcome.fired
    assert outcome.entries
