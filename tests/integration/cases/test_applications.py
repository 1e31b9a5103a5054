"""Online applications: the lead department takes them on with a process type, or declines them with a reason."""

from __future__ import annotations

from uuid import UUID

import pytest

from cases.models import WorkItem
from cases.options import choices
from cases.releases import release_of
from cases.start_stage_case import start_stage_case
from database.clock import current_time
from errors import Conflict, Invalid
from tests.integration.cases.world import World

DECLINE = {"decision": "declined", "reason": "项目代码尚未赋码，请先到投资平台办理"}


def apply(world: World, engineering: UUID, stage: str = "3") -> UUID:
    """The applicant applies online."""
    applicant = world.person("demo_applicant", "applicant")
    return world.run(
        lambda session: (
            start_stage_case(
                session,
                applicant,
                engineering_id=engineering,
                stage=stage,
                channel="online",
                process_type="1",
                now=current_time(session),
            ).id
        )
    )


@pytest.fixture
def engineering(world: World) -> UUID:
    """An engineering of the applicant's."""
    return world.register()


def receiving(world: World, stage_case: UUID) -> WorkItem:
    """The task in which the lead department receives the application."""
    (task,) = world.tasks(stage_case)
    assert task.element_id == "receive_application"
    return task


def test_an_application_may_be_declined_with_a_reason_and_made_again(world: World, engineering: UUID) -> None:
    first = apply(world, engineering)
    world.complete(receiving(world, first), DECLINE)

    row = world.rows("SELECT status, closing_reason, ended_at FROM stage_cases")[0]
    assert (row.status, row.closing_reason, row.ended_at is not None) == ("declined", DECLINE["reason"], True)
    assert world.tasks(first) == []
    assert world.scalar("SELECT count(*) FROM plannings") == 0
    assert world.scalar("SELECT count(*) FROM outbox WHERE topic = 'application_declined'") == 1
    again = apply(world, engineering)
    world.complete(receiving(world, again), {"decision": "accepted", "process_type": "1"})
    assert world.tasks(again, "answer")


def test_to_decline_needs_a_reason(world: World, engineering: UUID) -> None:
    task = receiving(world, apply(world, engineering))

    with pytest.raises(Invalid) as refusal:
        world.complete(task, {"decision": "declined"})

    assert refusal.value.field == "reason"
    assert world.scalar("SELECT status FROM stage_cases") == "open"


def test_while_an_application_waits_there_is_no_second_one(world: World, engineering: UUID) -> None:
    apply(world, engineering)

    with pytest.raises(Conflict, match="不能重复发起"):
        apply(world, engineering)


def test_only_process_types_with_this_stage_are_offered_and_taken(world: World, engineering: UUID) -> None:
    stage_case = apply(world, engineering, stage="2")
    task = receiving(world, stage_case)

    offered = world.run(
        lambda session: choices(
            session,
            release_of(session, world.release.id),
            stage_case,
            world.release.forms["receive_application"],
        )
    )["process_types"]

    having = [code for code, entry in world.release.process_types.items() if "2" in entry.stages]
    assert [choice.value for choice in offered] == having
    assert "5" not in having
    with pytest.raises(Invalid) as refusal:
        world.complete(task, {"process_type": "5"})
    assert refusal.value.field == "process_type"
    assert world.scalar("SELECT process_type FROM stage_cases") == "1"


def test_the_process_type_that_the_lead_chooses_decides_who_leads_from_then_on(world: World, engineering: UUID) -> None:
    stage_case = apply(world, engineering)
    task = receiving(world, stage_case)
    other = world.release.process_types["2"].stages["3"]
    assert world.code_of(task.organisation_id) != other.lead

    world.complete(task, {"process_type": "2"})
    world.drive(stage_case, until="issue_report")

    row = world.rows("SELECT process_type, lead_id, window_id FROM stage_cases")[0]
    assert (row.process_type, world.code_of(row.lead_id), world.code_of(row.window_id)) == (
        "2",
        other.lead,
        other.window,
    )
    assert {world.code_of(found.organisation_id) for found in world.tasks(stage_case)} == {other.lead}


def test_whoever_applied_online_is_told_of_the_report_through_the_system(world: World, engineering: UUID) -> None:
    online = apply(world, engineering, "2")
    world.complete(receiving(world, online), {"process_type": "1"})
    world.drive(online, until="issue_report")
    (report,) = world.tasks(online, "issue_report")

    with pytest.raises(Invalid) as refused:
        world.complete(report, {"delivery": "printed", "receiver": "张三"})
    assert (refused.value.code, refused.value.field) == ("online_told_by_system", "values.delivery")
    assert refused.value.clause == "beizhen-4-2-1d"
    assert world.scalar("SELECT count(*) FROM planning_reports") == 0
    world.complete(report, {"delivery": "system"})
