"""The platform reminds by itself: of an item that is not resumed although its special procedure has ended."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from accounts.actor import Actor
from cases.claims import claim_messages
from cases.deliver_outbox import deliver_outbox
from cases.evidence import Evidence, record_evidence
from cases.fire_due import fire_due
from cases.remind import remind_of_resumption, reply
from database.clock import current_time
from errors import Conflict, Invalid, NotAllowed
from tests.integration.cases.items import item, officer, task_of
from tests.integration.cases.test_holds import AUXILIARY, preparation, resume, suspend
from tests.integration.cases.test_people_at_once import at_once
from tests.integration.cases.world import World

__all__ = ["preparation"]
MINUTES = Evidence("专家论证意见〔2026〕3号")


def deliver(world: World) -> None:
    """Workers deliver what waits, and what follows from it."""
    while waiting := world.run(lambda session: claim_messages(session, 1000, current_time(session))):
        for message in waiting:
            world.run(partial(deliver_outbox, message_id=message))


def end_procedure(world: World, evidence: Evidence = MINUTES, actor: Actor | None = None) -> None:
    """The department records that the special procedure has ended."""
    who, case = actor or officer(world, AUXILIARY), item(world, AUXILIARY).id
    world.run(lambda session: record_evidence(session, who, case, evidence))


def reminders(world: World) -> list[Any]:
    return world.rows("SELECT * FROM reminders ORDER BY role")


def titles(world: World, person: Actor) -> list[str]:
    found = world.rows("SELECT title FROM notices WHERE user_id = :id AND kind = 'reminder'", id=person.user_id)
    return [row.title for row in found]


def test_an_ended_procedure_reminds_handler_and_lead_while_the_item_is_suspended(
    world: World, stage_case: UUID
) -> None:
    lead, handler = world.lead, world.worker(task_of(world, AUXILIARY))
    suspend(world, AUXILIARY)
    end_procedure(world)
    deliver(world)

    found = reminders(world)
    hold = world.scalar("SELECT id FROM holds")
    assert [(row.hold_id, row.work_item_id, row.sent_by) for row in found] == [(hold, None, None)] * 2
    assert {(row.organisation_id, row.role) for row in found} == {
        tuple(post) for who in (lead, handler) for post in who.posts
    }
    assert titles(world, lead) == titles(world, handler) == [f"催办：{found[0].text}"]
    assert "登记结束" in found[0].text
    assert "解挂" in found[0].text
    audited = "SELECT count(*) FROM audit_entries WHERE action = 'reminder.send' AND actor_id IS NULL"
    assert world.scalar(audited) == 2


def test_an_item_that_was_resumed_meanwhile_is_not_reminded_of(world: World, stage_case: UUID) -> None:
    suspend(world, AUXILIARY)
    end_procedure(world)
    resume(world, AUXILIARY)
    deliver(world)

    assert reminders(world) == []
    assert world.scalar("SELECT count(*) FROM outbox WHERE problem = 'failed'") == 0


def test_resuming_with_the_evidence_at_hand_reminds_nobody(world: World, stage_case: UUID) -> None:
    suspend(world, AUXILIARY)
    resume(world, AUXILIARY)
    deliver(world)

    assert reminders(world) == []


def test_a_suspended_item_whose_procedure_lasts_is_not_reminded_of(world: World, stage_case: UUID) -> None:
    suspend(world, AUXILIARY)
    deliver(world)

    assert reminders(world) == []


def test_evidence_recorded_twice_and_delivered_at_once_reminds_once(world: World, stage_case: UUID) -> None:
    suspend(world, AUXILIARY)
    end_procedure(world)
    end_procedure(world, Evidence("补正的意见"))
    hold = world.scalar("SELECT id FROM holds")
    messages = world.rows("SELECT id FROM outbox WHERE topic = 'procedure_ended'")
    assert len(messages) == 2

    at_once([partial(world.run, partial(deliver_outbox, message_id=row.id)) for row in messages * 2])
    deliver(world)
    assert world.run(lambda session: remind_of_resumption(session, hold, current_time(session))) == []

    assert len(reminders(world)) == 2


def test_a_new_suspension_is_reminded_of_anew(world: World, stage_case: UUID) -> None:
    for _ in range(2):
        suspend(world, AUXILIARY)
        end_procedure(world)
        deliver(world)
        resume(world, AUXILIARY)

    assert len({row.hold_id for row in reminders(world)}) == 2


def test_an_end_that_is_refused_reminds_nobody(world: World, stage_case: UUID) -> None:
    with pytest.raises(Conflict):
        end_procedure(world)
    suspend(world, AUXILIARY)
    with pytest.raises(Invalid):
        end_procedure(world, Evidence(" "))
    with pytest.raises(NotAllowed):
        end_procedure(world, actor=world.person("approval", "supervisor"))

    assert world.scalar("SELECT count(*) FROM outbox WHERE topic = 'procedure_ended'") == 0


def test_the_handler_answers_the_reminder(world: World, stage_case: UUID) -> None:
    suspend(world, AUXILIARY)
    end_procedure(world)
    deliver(world)
    handler = officer(world, AUXILIARY)
    own = next(row for row in reminders(world) if row.role == "officer")

    world.run(lambda session: reply(session, handler, own.id, text="今天解挂", now=current_time(session)))
    with pytest.raises(NotAllowed):
        world.run(lambda session: reply(session, world.lead, own.id, text="好", now=current_time(session)))

    assert world.scalar("SELECT reply FROM reminders WHERE id = :id", id=own.id) == "今天解挂"


def ask(world: World) -> None:
    """The time until those concerned are asked again passes, and the workers act."""
    (row,) = world.rows("SELECT id, due_at FROM due_rows WHERE kind = 'hold' AND cancelled_at IS NULL")
    world.database.set_clock(row.due_at + timedelta(seconds=1))
    assert world.run(lambda session: fire_due(session, row.id))
    assert not world.run(lambda session: fire_due(session, row.id))
    deliver(world)


def test_a_suspension_without_a_limit_is_asked_about_again_and_again(world: World, stage_case: UUID) -> None:
    suspend(world, AUXILIARY, procedure="tender")
    assert world.scalar("SELECT yellow_at FROM due_rows WHERE kind = 'hold'") is None
    for times in (1, 2, 3):
        ask(world)
        assert len(reminders(world)) == 2 * times
    assert "请核对进展" in reminders(world)[0].text
    resume(world, AUXILIARY)

    assert world.scalar("SELECT count(*) FROM due_rows WHERE kind = 'hold' AND cancelled_at IS NULL") == 0
    world.database.move_clock(timedelta(days=30))
    deliver(world)
    assert len(reminders(world)) == 6


def test_an_ended_procedure_that_is_not_resumed_is_asked_about_again(world: World, stage_case: UUID) -> None:
    suspend(world, AUXILIARY)
    end_procedure(world)
    deliver(world)
    assert len(reminders(world)) == 2
    ask(world)
    ask(world)

    assert [row.text for row in reminders(world)] == [reminders(world)[0].text] * 6
    assert "登记结束" in reminders(world)[0].text


def test_who_was_asked_while_it_was_resumed_is_not_asked(world: World, stage_case: UUID) -> None:
    suspend(world, AUXILIARY, procedure="tender")
    (row,) = world.rows("SELECT id, due_at FROM due_rows WHERE kind = 'hold'")
    world.database.set_clock(row.due_at + timedelta(seconds=1))
    world.run(lambda session: fire_due(session, row.id))
    resume(world, AUXILIARY)
    deliver(world)

    assert reminders(world) == []
