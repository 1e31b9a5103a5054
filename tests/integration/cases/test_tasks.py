"""Who may do what with a task, and when: posts, claims, drafts, forms, preconditions."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest

from cases.claim_task import claim_task
from cases.complete_task import complete_task
from cases.models import WorkItem
from cases.save_draft import LARGEST_DRAFT, save_draft
from cases.unclaim_task import unclaim_task
from errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from tests.integration.cases.conftest import Preparation
from tests.integration.cases.world import OPINION, World


def asked(world: World) -> UUID:
    """A stage whose planning has been sent out."""
    return world.start()


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    """The stage that each test has a copy of."""
    return asked


@pytest.fixture
def task(world: World, stage_case: UUID) -> WorkItem:
    """What one of the departments is asked."""
    return world.tasks(stage_case, "answer")[0]


def state(world: World) -> list[object]:
    """Everything that a refused command must leave alone."""
    tables = ("process_instances", "work_items", "due_rows", "planning_opinions", "outbox", "audit_entries")
    return [
        world.scalar(f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {name} t")
        for name in tables
    ]


def refused(world: World, task_id: UUID, actor: object, values: Mapping[str, object]) -> Refused:
    """The refusal of a completion, which has changed nothing."""
    before = state(world)
    with pytest.raises(Refused) as caught:
        world.run(lambda session: complete_task(session, actor, task_id, values))  # type: ignore[arg-type]
    assert state(world) == before
    return caught.value


def test_only_the_post_of_a_task_completes_it(world: World, task: WorkItem) -> None:
    stranger = world.person("gas", "officer")

    assert isinstance(refused(world, task.id, world.lead, OPINION), NotAllowed)
    assert isinstance(refused(world, task.id, stranger, OPINION), NotFound)


def test_an_unknown_task_is_not_found(world: World, stage_case: UUID) -> None:
    assert isinstance(refused(world, uuid4(), world.lead, OPINION), NotFound)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "conclusion"),
        ({**OPINION, "conclusion": "perhaps"}, "conclusion"),
        ({**OPINION, "unknown": 1}, "unknown"),
        ({**OPINION, "legality": None}, "legality"),
        ({"conclusion": "transferred", "transfer_reason": "不属本部门"}, "transferred_to"),
        (
            {"conclusion": "transferred", "transfer_reason": "不属本部门", "transferred_to": str(uuid4())},
            "transferred_to",
        ),
    ],
)
def test_a_form_that_is_filled_in_wrongly_names_the_field(
    world: World, task: WorkItem, values: dict[str, object], field: str
) -> None:
    refusal = refused(world, task.id, world.worker(task), values)

    assert isinstance(refusal, Invalid)
    assert refusal.field is not None
    assert refusal.field.removeprefix("values.") == field


def test_an_opinion_is_not_transferred_to_the_department_itself(world: World, task: WorkItem) -> None:
    values = {"conclusion": "transferred", "transfer_reason": "不清楚", "transferred_to": str(task.organisation_id)}

    assert refused(world, task.id, world.worker(task), values).code == "transferred_to_itself"


def test_a_claimed_task_is_left_to_who_claimed_it(world: World, task: WorkItem) -> None:
    first, second = world.worker(task), world.person(task.organisation_id, task.role, 2)
    world.run(lambda session: claim_task(session, first, task.id))

    assert refused(world, task.id, second, OPINION).code == "task_claimed"
    with pytest.raises(Conflict, match="其他人员认领"):
        world.run(lambda session: claim_task(session, second, task.id))
    with pytest.raises(Conflict):
        world.run(lambda session: unclaim_task(session, second, task.id))
    world.run(lambda session: unclaim_task(session, first, task.id))
    world.complete(task, OPINION, second)
    assert world.scalar("SELECT closed_by FROM work_items WHERE id = :id", id=task.id) == second.user_id


def test_claiming_ones_own_task_again_changes_nothing(world: World, task: WorkItem) -> None:
    actor = world.worker(task)
    world.run(lambda session: claim_task(session, actor, task.id))
    world.run(lambda session: claim_task(session, actor, task.id))

    assert world.scalar("SELECT assignee_id FROM work_items WHERE id = :id", id=task.id) == actor.user_id


def test_a_draft_stays_with_its_task_until_it_is_done(world: World, task: WorkItem) -> None:
    actor = world.worker(task)
    world.run(lambda session: save_draft(session, actor, task.id, {"conclusion": "half"}))
    assert world.scalar("SELECT draft FROM work_items WHERE id = :id", id=task.id) == {"conclusion": "half"}

    world.complete(task, OPINION)

    row = world.rows("SELECT draft, submission FROM work_items WHERE id = :id", id=task.id)[0]
    assert row.draft is None
    assert row.submission["conclusion"] == "required"
    with pytest.raises(Conflict):
        world.run(lambda session: save_draft(session, actor, task.id, {}))


def test_a_draft_has_a_largest_size(world: World, task: WorkItem) -> None:
    with pytest.raises(Invalid, match="草稿太大"):
        world.run(lambda session: save_draft(session, world.worker(task), task.id, {"note": "字" * LARGEST_DRAFT}))


def test_every_change_of_a_task_has_its_audit_entry(world: World, task: WorkItem) -> None:
    actor = world.worker(task)
    world.run(lambda session: claim_task(session, actor, task.id))
    world.run(lambda session: save_draft(session, actor, task.id, {}))
    world.run(lambda session: unclaim_task(session, actor, task.id))
    world.complete(task, OPINION)

    entries = world.rows(
        "SELECT action, actor_id, sequence FROM audit_entries WHERE object_id = :id ORDER BY sequence", id=str(task.id)
    )
    assert [entry.action for entry in entries] == ["task.claim", "task.save_draft", "task.unclaim", "task.complete"]
    assert {entry.actor_id for entry in entries} == {actor.user_id}
    assert [entry.sequence for entry in entries] == [1, 2, 3, 4]


def test_an_item_is_accepted_only_after_those_before_it(world: World, stage_case: UUID) -> None:
    world.drive(stage_case, until="review")
    for review in world.tasks(stage_case, "review"):
        world.complete(review, {"decision": "accept"})
    waiting = next(
        accept
        for accept in world.tasks(stage_case, "accept")
        if world.scalar("SELECT item_code FROM item_cases WHERE id = :id", id=accept.item_case_id) == "062"
    )

    refusal = refused(world, waiting.id, world.worker(waiting), {})

    assert refusal.code == "predecessors_open"
    assert "现在可以审核，不能受理" in refusal.message


def test_an_item_is_approved_only_with_its_result_document(world: World, stage_case: UUID) -> None:
    world.drive(stage_case, until="handle")
    handle = world.tasks(stage_case, "handle")[0]
    values = {**world.values(handle), "result_number": None}

    assert isinstance(refused(world, handle.id, world.worker(handle), values), Invalid)


def test_who_may_not_claim_a_task_is_told_the_clause_of_the_pack(world: World, task: WorkItem) -> None:
    with pytest.raises(NotAllowed) as refusal:
        world.run(lambda session: claim_task(session, world.lead, task.id))
    assert refusal.value.clause == world.release.refusals[refusal.value.code]
