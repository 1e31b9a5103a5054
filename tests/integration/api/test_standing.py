"""What "why" and "progress" cost: the same number of queries however many items, tasks, limits and holds there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from database.transaction import in_transaction
from tests.integration.api.world import Client, OpenWorld, World, open_stage, task_of

MORE = 39
ITEMS = text(
    "INSERT INTO item_cases (id, stage_case_id, item_code, name, department_id, main, pledge, predecessors, opened_at)"
    " SELECT gen_random_uuid(), id, 'X' || n, '事项' || n, lead_id, true, false, '{}', opened_at"
    " FROM stage_cases, generate_series(CAST(:first AS integer), CAST(:last AS integer)) n"
)
# To each item case without one: an instance, a task, a limit and a hold, like one that is there.
LIKE = """
    INSERT INTO {table} SELECT (jsonb_populate_record(r, jsonb_build_object({own}))).*
    FROM {table} r, item_cases i
    WHERE r.id = (SELECT id FROM {table} WHERE {which} LIMIT 1)
        AND NOT EXISTS (SELECT FROM {table} there WHERE there.{key} = i.id)
"""
OWN = (
    (
        "process_instances",
        "id",
        "kind = 'stage'",
        "'id', i.id, 'root_id', i.id, 'kind', 'item', 'item_case_id', i.id",
    ),
    ("work_items", "id", "status = 'open'", "'id', i.id, 'instance_id', i.id, 'item_case_id', i.id"),
    (
        "due_rows",
        "task_id",
        "kind = 'task' AND yellow_at IS NOT NULL",
        "'id', gen_random_uuid(), 'task_id', i.id, 'instance_id', i.id",
    ),
)
HOLDS = text(
    "INSERT INTO holds (id, stage_case_id, item_case_id, cause, started_at, started_by)"
    " SELECT gen_random_uuid(), i.stage_case_id, i.id, '专家论证', i.opened_at, u.id FROM item_cases i"
    " JOIN users u ON u.username = 'officer'"
    " WHERE NOT EXISTS (SELECT FROM holds h WHERE h.item_case_id = i.id)"
)


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements that the platform sends to the database inside the block."""
    statements: list[str] = []

    def keep(*given: Any) -> None:
        statements.append(given[2])

    engine = world.sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", keep)


def add_items(session: Session, first: int, last: int) -> None:
    """Item cases with those numbers, each with its instance, task, limit and hold."""
    session.execute(ITEMS, {"first": first, "last": last})
    for table, key, which, own in OWN:
        session.execute(text(LIKE.format(table=table, key=key, which=which, own=own)))
    session.execute(HOLDS)


@pytest.fixture(scope="module")
def costs(open_world: OpenWorld) -> dict[str, list[tuple[int, int]]]:
    """By question: how many queries and how many answered entries, with one item and with forty."""
    with open_world() as world:
        return costs_in(world)


def costs_in(world: World) -> dict[str, list[tuple[int, int]]]:
    """See :func:`costs`."""
    opened = open_stage(world)
    lead = world.client("lead_officer")
    task = task_of(lead, opened, "接收申请")
    assert lead("POST", f"/tasks/{task['id']}/completion", {"values": {"process_type": "1"}}).status == 200
    in_transaction(world.sessions, lambda session: add_items(session, 1, 1))
    item = in_transaction(world.sessions, lambda session: session.scalar(text("SELECT id FROM item_cases")))
    stage = f"/stage-cases/{opened['id']}"
    addresses = {"why": f"{stage}/why", "progress": f"{stage}/progress", "item": f"/item-cases/{item}/why"}
    found: dict[str, list[tuple[int, int]]] = {
        name: [asked(world, lead, address)] for name, address in addresses.items()
    }
    in_transaction(world.sessions, lambda session: add_items(session, 2, 1 + MORE))
    for name, address in addresses.items():
        found[name].append(asked(world, lead, address))
    return found


def asked(world: World, lead: Client, address: str) -> tuple[int, int]:
    """How many queries an answer takes, and how many entries it has."""
    with counted(world) as statements:
        reply = lead("GET", address)
    assert reply.status == 200, reply.text
    return len(statements), sum(len(entry) for entry in reply.body.values() if isinstance(entry, list))


@pytest.mark.parametrize(("name", "grows"), [("why", True), ("progress", True), ("item", False)])
def test_where_a_case_stands_is_told_by_as_many_queries_for_one_item_as_for_forty(
    costs: dict[str, list[tuple[int, int]]], name: str, grows: bool
) -> None:
    (queries_of_one, rows_of_one), (queries_of_forty, rows_of_forty) = costs[name]
    assert queries_of_forty == queries_of_one
    assert not grows or rows_of_forty >= rows_of_one + MORE
