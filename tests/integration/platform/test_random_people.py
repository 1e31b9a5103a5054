"""Random people on a whole platform: two web processes, two scanners and two workers on servers of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from audit.report import verify_database
from tests.faults.rig import Rig, children_of, rig
from tests.faults.storm import DONE, WRONG
from tests.integration.platform.http_people import PeopleOverHttp

# The suite plays the same few stages each time; STATEFUL_EXAMPLES=500 plays as many, others each time.
EXAMPLES = os.environ.get("STATEFUL_EXAMPLES")
PLAYS = settings(
    max_examples=int(EXAMPLES or 8),
    stateful_step_count=16,
    derandomize=EXAMPLES is None,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def platform() -> Iterator[Rig]:
    """The running platform, whose clock the plays may move."""
    with rig() as made:
        with made.superuser() as connection:
            connection.execute("GRANT UPDATE ON clock_offset TO PUBLIC")
        yield made


def test_whatever_people_do_over_http_the_rules_hold_and_nothing_is_lost_twice_or_early(platform: Rig) -> None:
    done: list[UUID] = []
    machine = type("Here", (PeopleOverHttp,), {"rig": platform, "completed": done})
    web = children_of(platform.running["web"].pid)
    before = [seconds(process) for process in web]

    run_state_machine_as_test(machine, settings=PLAYS)

    assert {name: platform.number(query) for name, query in WRONG.items()} == dict.fromkeys(WRONG, 0)
    assert len(done) == len(set(done)) == len(platform.rows(DONE, done)) > 0
    assert len(web) == 2
    assert all(seconds(process) > was for process, was in zip(web, before, strict=True)), "one process did nothing"
    bench = platform.bench
    assert not verify_database(bench.server.url(bench.database), bench.folder).findings


def seconds(process: int) -> int:
    """What a process has worked, in ticks of its processor time."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return int(fields[11]) + int(fields[12])
