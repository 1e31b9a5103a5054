"""A stage of forty departments: they answer, and are dispatched to, in the same instant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session, sessionmaker

from audit.vault import VAULT, Vault
from cases.releases import RELEASES, vocabulary
from database.connect import create_session_factory
from processes.install import Releases
from processes.loader import PACKS, load_files, read_folder
from processes.release import Release
from tests.bench.wide import PROCESS_TYPE, WIDTH, widen
from tests.conftest import Database
from tests.integration.cases.test_people_at_once import at_once, completion
from tests.integration.cases.world import World


@pytest.fixture(scope="module")
def release() -> Release:
    """The reference pack with forty more departments."""
    return load_files(widen(read_folder(PACKS / "beizhen")), vocabulary())


@pytest.fixture
def sessions(database: Database, vault: Vault, release: Release) -> Iterator[sessionmaker[Session]]:
    """Sessions for forty people at once."""
    releases = Releases(vocabulary())
    releases.add(release)
    factory = create_session_factory(database.url, info={VAULT: vault, RELEASES: releases}, pool_size=WIDTH + 8)
    yield factory
    factory.kw["bind"].dispose()


def test_forty_departments_answer_in_the_same_instant_and_all_are_accepted(world: World) -> None:
    stage_case = world.start(process_type=PROCESS_TYPE)
    asked = world.tasks(stage_case, "answer")
    assert len(asked) == WIDTH

    results = at_once([completion(world, task) for task in asked])

    assert results == [None] * WIDTH
    assert [task.element_id for task in world.tasks(stage_case)] == ["issue_report"]
    assert world.scalar("SELECT count(*) FROM planning_opinions") == WIDTH


def test_forty_items_are_dispatched_at_once_and_end_at_once(world: World) -> None:
    stage_case = world.start(process_type=PROCESS_TYPE)
    world.drive(stage_case, until="review")
    assert len(world.tasks(stage_case, "review")) == WIDTH
    assert world.scalar("SELECT count(*) FROM status_events WHERE code = 1") == WIDTH

    for element in ("review", "accept", "handle"):
        tasks = world.tasks(stage_case, element)
        assert at_once([completion(world, task) for task in tasks]) == [None] * WIDTH

    assert [task.element_id for task in world.tasks(stage_case)] == ["complete"]
    world.drive(stage_case)
    assert world.scalar("SELECT status FROM stage_cases") == "completed"
