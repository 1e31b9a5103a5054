"""Promises that are not kept: who follows up which, what is overdue, and paging."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from cases.models import ItemCase, Promise
from database.clock import current_time
from tests.integration.api.world import Client, World, open_stage, problem

DEPARTMENTS = ("approval", "housing", "approval", "sports", "approval")


@pytest.fixture
def today(world: World) -> date:
    """Five promises in one stage: due in the last days, today and tomorrow, by turns of three departments."""
    stage_case = UUID(open_stage(world)["id"])
    with world.sessions() as session:
        now = current_time(session)
        day = world.release.calendar.local(now).date()
        lead = session.execute(text("SELECT lead_id FROM stage_cases")).scalar_one()
        for number, department in enumerate(DEPARTMENTS):
            case = ItemCase(
                stage_case_id=stage_case,
                item_code=f"1{number}",
                name="初步设计审批",
                department_id=world.organisations[department],
                main=False,
                pledge=True,
                predecessors=[],
                opened_at=now,
            )
            session.add(case)
            session.flush()
            session.add(
                Promise(
                    stage_case_id=stage_case,
                    item_case_id=case.id,
                    kind="pledge" if number % 2 else "deferred",
                    content={},
                    materials=[],
                    due_on=day + timedelta(days=number - 3),
                    lead_id=lead,
                    department_id=case.department_id,
                    region_code=world.region_code,
                    status="open",
                    made_at=now,
                )
            )
        session.commit()
    return day


def listed(client: Client, query: str = "") -> list[dict[str, Any]]:
    reply = client("GET", f"/promises{query}")
    assert reply.status == 200, reply.text
    found: list[dict[str, Any]] = reply.body["entries"]
    return found


def days(client: Client, today: date, query: str = "") -> list[int]:
    """How many days from today the promises are due, in the order of the list."""
    return [(date.fromisoformat(entry["due_on"]) - today).days for entry in listed(client, query)]


def test_the_lead_follows_up_the_stage_a_department_its_items_and_the_supervisor_the_region(
    world: World, today: date
) -> None:
    lead, officer, supervisor = (world.client(role) for role in ("lead_officer", "officer", "supervisor"))

    assert days(lead, today) == [-3, -2, -1]
    assert {entry["overdue"] for entry in listed(lead)} == {True}
    assert days(lead, today, "?state=open") == [-3, -2, -1, 0, 1]
    assert [entry["overdue"] for entry in listed(lead, "?state=open")] == [True] * 3 + [False] * 2
    assert days(officer, today, "?state=open") == [-3, -1, 1]
    own = f"?lead_id={world.organisations['natural_resources']}"
    assert days(lead, today, own) == days(supervisor, today, own) == [-3, -2, -1]
    assert days(supervisor, today, "?state=open&kind=pledge") == [-2, 0]
    assert {entry["department_name"] for entry in listed(officer)} == {"北镇市行政审批局"}


def test_what_was_kept_and_what_is_anothers_is_not_listed(world: World, today: date) -> None:
    with world.sessions() as session:
        session.execute(text("UPDATE promises SET status = 'kept', checked_at = now() WHERE kind = 'pledge'"))
        session.execute(text("UPDATE promises SET lead_id = department_id"))
        session.commit()

    assert days(world.client("supervisor"), today, "?state=open") == [-3, -1, 1]
    lead, of_mine = world.client("lead_officer"), f"?state=open&lead_id={world.organisations['natural_resources']}"
    assert listed(lead, of_mine) == []
    assert days(lead, today, f"?state=open&lead_id={world.organisations['approval']}") == [-3, -1, 1]
    assert listed(world.client("officer"), f"?department_id={world.organisations['housing']}") == []
    assert problem(world.client("applicant")("GET", "/promises")) == (403, "permission_missing")


def test_the_list_is_paged_without_a_gap_or_a_repetition(world: World, today: date) -> None:
    lead, found, query = world.client("lead_officer"), [], "?state=open&limit=2"
    for _ in range(3):
        page = lead("GET", f"/promises{query}").body
        found += [entry["id"] for entry in page["entries"]]
        query = f"?state=open&limit=2&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert found == [entry["id"] for entry in listed(lead, "?state=open")]
    assert problem(lead("GET", "/promises?cursor=WyJ4IiwxXQ")) == (422, "invalid_cursor")
    assert problem(lead("GET", "/promises?state=late"))[0] == 422
