"""The one hand-written read of the hot commands, and the locks of those that reach the instances above.

A command reads without a lock, computes, and writes with a check of the instance's version and audit head: whoever
changes what a command depends on (another command, a hold, a claim) changes one of them, and the command is computed
anew with a new time. Where the engine needs the instances above, the chain is locked first, from the root down, parent
before child, so that forty children that end at once stand in line instead of computing in vain.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from sqlalchemy.orm import Session

from cases.position import Above, Position
from engine.snapshot import Snapshot, Status

# NO KEY: rows that merely refer to the instance are not kept waiting.
LOCK = "SELECT FROM process_instances WHERE id = {instance} FOR NO KEY UPDATE"
CHAIN = """
    WITH RECURSIVE chain(id, parent_id, depth) AS (
        SELECT id, parent_id, 0 FROM process_instances WHERE id = {instance}
        UNION ALL
        SELECT upper.id, upper.parent_id, chain.depth + 1
        FROM process_instances upper JOIN chain ON upper.id = chain.parent_id
    )
"""
LOCK_CHAIN = (
    CHAIN
    + """
    SELECT FROM process_instances p JOIN chain ON p.id = chain.id ORDER BY chain.depth DESC FOR NO KEY UPDATE OF p
"""
)
SNAPSHOT = (
    "p.id, p.process, p.release_id, p.status, p.version, p.state, p.root_id, p.parent_id, p.parent_task_id, p.key"
)
READ_ABOVE = (
    CHAIN
    + f"""
    SELECT {SNAPSHOT}, p.kind, p.item_case_id, p.subject
    FROM process_instances p JOIN chain ON p.id = chain.id WHERE chain.depth > 0 ORDER BY chain.depth DESC
"""
)
READ = f"""
    SELECT platform_now() AS now, {SNAPSHOT}, p.kind, p.subject, p.audit_sequence, p.audit_hash,
        s.id AS stage_case_id, s.region_code, s.engineering_id, s.stage, s.process_type, s.channel,
        s.status AS stage_status, s.applicant_id, s.lead_id, s.window_id,
        i.id AS item_case_id, i.item_code, i.name AS item_name, i.history, i.ended_at AS item_ended_at,
        i.predecessors,
        h.id AS hold_id, h.cause AS hold_cause, h.item_case_id AS held_item {{columns}}
    FROM {{source}}
    JOIN stage_cases s ON s.id = p.stage_case_id
    LEFT JOIN item_cases i ON i.id = p.item_case_id
    LEFT JOIN LATERAL (
        SELECT id, cause, item_case_id FROM holds
        WHERE stage_case_id = p.stage_case_id AND ended_at IS NULL
          AND (item_case_id IS NULL OR item_case_id = p.item_case_id)
        ORDER BY item_case_id NULLS LAST LIMIT 1
    ) h ON true
    WHERE {{where}}
"""
TASK = """,
    w.id AS task_id, w.status AS task_status, w.name AS task_name, w.element_id, w.role, w.organisation_id, w.form,
    w.guard, w.assignee_id"""
DUE = """,
    d.id AS due_id, d.kind AS due_kind, d.task_id AS due_token, d.due_at, d.fired_at AS due_fired_at,
    d.cancelled_at AS due_cancelled_at, d.held AS due_held, d.timeout AS due_timeout,
    d.provisional AS due_provisional"""


class Address(NamedTuple):
    """How a command finds its instance: by a task, by a due row, or by its own id (``%(id)s`` in each)."""

    lock: str
    lock_chain: str
    read: str
    read_above: str


def _address(instance: str, columns: str, source: str, where: str) -> Address:
    return Address(
        LOCK.format(instance=instance),
        LOCK_CHAIN.format(instance=instance),
        READ.format(columns=columns, source=source, where=where),
        READ_ABOVE.format(instance=instance),
    )


BY_TASK = _address(
    "(SELECT instance_id FROM work_items WHERE id = %(id)s)",
    TASK,
    "work_items w JOIN process_instances p ON p.id = w.instance_id",
    "w.id = %(id)s",
)
BY_DUE_ROW = _address(
    "(SELECT instance_id FROM due_rows WHERE id = %(id)s)",
    TASK + DUE,
    "due_rows d JOIN process_instances p ON p.id = d.instance_id LEFT JOIN work_items w ON w.id = d.task_id",
    "d.id = %(id)s",
)
BY_INSTANCE = _address("%(id)s", "", "process_instances p", "p.id = %(id)s")


Driver = psycopg.Connection[Any]
POSITION = class_row(Position)


def driver(session: Session) -> Driver:
    """The psycopg connection of the session's transaction."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection


def read(connection: Driver, address: Address, identifier: UUID) -> Position | None:
    """Where the instance of a task, due row or id stands; None when there is no such thing."""
    return connection.cursor(row_factory=POSITION).execute(address.read, {"id": identifier}).fetchone()


def read_locked(connection: Driver, address: Address, identifier: UUID) -> Position | None:
    """Lock the instance, then read: the second statement sees what the holder of the lock wrote, and a later time."""
    connection.execute(address.lock, {"id": identifier})
    return read(connection, address, identifier)


def read_chain(connection: Driver, address: Address, identifier: UUID) -> Position | None:
    """Lock the instances from the root down to the addressed one, then read it with those above.

    The transaction holds no lock of an instance yet.
    """
    parameters = {"id": identifier}
    connection.execute(address.lock_chain, parameters)
    over = connection.execute(address.read_above, parameters).fetchall()
    position = read(connection, address, identifier)
    return position and replace(position, above=tuple(_above(*row) for row in over))


def _above(
    id: UUID, process: str, release: str, status: str, version: int, state: bytes, root_id: UUID, *rest: Any
) -> Above:
    parent_id, parent_task_id, key, kind, item_case_id, subject = rest
    snapshot = Snapshot(id, process, release, Status(status), version, state, root_id, parent_id, parent_task_id, key)
    return Above(snapshot, kind, item_case_id, subject)
