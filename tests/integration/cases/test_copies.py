"""Copies for information: who gets them, what they let people read, and what they do not."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.complete_task import complete_task
from cases.queries.copies import my_copies
from cases.queries.stage_cases import visible_stage_cases
from cases.queries.tasks import tasks_of_my_posts
from cases.read_copy import read_copy
from database.clock import current_time
from errors import Invalid, NotFound
from tests.integration.cases.world import OPINION, World


def copies(world: World, actor: Actor) -> list[Any]:
    """What the person may read, as the list shows it."""
    return world.run(lambda session: list(session.execute(my_copies(actor))))


def sees(world: World, actor: Actor) -> bool:
    """Whether the person sees a stage case."""
    return bool(world.run(lambda session: list(session.execute(visible_stage_cases(actor)))))


def answer(world: World, stage_case: UUID, *organisations: UUID) -> None:
    """A department answers and chooses who reads it."""
    task = world.tasks(stage_case, "answer")[0]
    actor = world.worker(task)
    world.run(lambda session: complete_task(session, actor, task.id, OPINION, organisations))


def test_a_chosen_organisation_reads_the_copy_and_its_stage_case_and_gets_no_task(world: World) -> None:
    stage_case = world.start()
    reader, stranger = world.person("ports", "officer"), world.person("gas", "officer")
    assert not sees(world, reader)

    answer(world, stage_case, world.organisations["ports"], world.organisations["ports"])

    (copy,) = copies(world, reader)
    assert (copy.stage_case_id, copy.name, copy.cause, copy.read_at) == (stage_case, "回复策划意见", "choice", None)
    assert copy.submission["conclusion"] == "required"
    assert sees(world, reader)
    assert world.run(lambda session: list(session.execute(tasks_of_my_posts(reader)))) == []
    assert copies(world, stranger) == []
    assert not sees(world, stranger)


def test_everybody_of_the_organisation_reads_it_for_himself(world: World) -> None:
    answer(world, world.start(), world.organisations["ports"])
    officer, head = world.person("ports", "officer"), world.person("ports", "department_head")
    (copy,) = copies(world, officer)

    def read(session: Session) -> None:
        read_copy(session, officer, copy.id, current_time(session))

    world.run(read)
    (first,) = copies(world, officer)
    world.run(read)

    assert first.read_at is not None
    assert copies(world, officer)[0].read_at == first.read_at
    assert copies(world, head)[0].read_at is None


def test_somebody_elses_copy_cannot_be_read(world: World) -> None:
    answer(world, world.start(), world.organisations["ports"])
    (copy,) = copies(world, world.person("ports", "officer"))
    stranger = world.person("gas", "officer")

    with pytest.raises(NotFound, match="没有这份抄送"):
        world.run(lambda session: read_copy(session, stranger, copy.id, current_time(session)))
    assert world.scalar("SELECT count(*) FROM copy_readings") == 0


@pytest.mark.parametrize("who", ["nobody", "demo_applicant"])
def test_copies_go_to_the_authorities_of_the_region_only(world: World, who: str) -> None:
    stage_case = world.start()

    with pytest.raises(Invalid, match="不存在、已停用或不是本地区的机关") as refusal:
        answer(world, stage_case, world.organisations["ports"], world.organisations.get(who, uuid4()))

    assert refusal.value.field == "copies.1"
    assert world.scalar("SELECT count(*) FROM copies") == 0
    assert world.scalar("SELECT count(*) FROM work_items WHERE status = 'done'") == 0


def test_the_diagram_copies_the_report_to_the_head_of_the_lead_department(world: World) -> None:
    stage_case = world.start()
    world.drive(stage_case, until="issue_report")
    head, officer = world.person("natural_resources", "department_head"), world.person("natural_resources", "officer")
    assert copies(world, head) == []

    report = world.tasks(stage_case, "issue_report")[0]
    world.complete(report, world.values(report))

    (copy,) = copies(world, head)
    assert (copy.name, copy.cause, copy.role) == ("出具策划报告", "diagram", "department_head")
    assert copies(world, officer) == []
