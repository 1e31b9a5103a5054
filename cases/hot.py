"""The one hand-written read of the hot commands, and the locks of those that reach the instances above.

A command reads without a lock, computes, and writes with a check of the instance's version and audit head: whoever
changes what a command depends on (another command, a hold, a claim) changes one of them, and the command is computed
anew with a new time. Where the engine needs the instances above, the chain is locked first, from the root down, parent
before child, so that forty children that end at once stand in line instead of computing in vain.

Statements are sent as they stand (``$1`` is the id), past every layer that would read them again.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from cases.position import Above, Position
from database.driver import Row
from database.session import platform_session
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
READ_ABOVE = (
    CHAIN
    + """
    SELECT p.id, p.process, p.release_id, p.status, p.version, p.state, p.root_id, p.parent_id, p.parent_task_id,
        p.key, p.kind
    FROM process_instances p JOIN chain ON p.id = chain.id WHERE chain.depth > 0 ORDER BY chain.depth DESC
"""
)
READ = """
    SELECT platform_now(), p.id, p.process, p.release_id, p.status, p.version, p.state, p.root_id, p.parent_id,
        p.parent_task_id, p.key, p.kind, p.subject, p.audit_sequence, p.audit_hash, p.stage_case_id,
        i.id, i.item_code, i.name, i.history, i.ended_at, i.predecessors,
        h.id, h.cause, h.item_case_id,
        coalesce((SELECT version FROM calendar_notices ORDER BY version DESC LIMIT 1), 0) {columns}
    FROM {source}
    LEFT JOIN item_cases i ON i.id = p.item_case_id
    LEFT JOIN holds h ON h.stage_case_id = p.stage_case_id AND h.ended_at IS NULL
        AND p.kind NOT IN ('promise', 'procedure') AND (h.item_case_id IS NULL OR h.item_case_id = p.item_case_id)
    WHERE {where}
"""
TASK = ", w.id, w.status, w.name, w.element_id, w.role, w.organisation_id, w.form, w.guard, w.assignee_id"
DUE = """,
    d.id, d.kind, d.task_id, d.due_at, d.fired_at, d.cancelled_at, d.held, d.timeout, d.provisional,
    d.started_at, d.calendar_version"""


class Address(NamedTuple):
    """How a command finds its instance: by a task, by a due row, or by its own id."""

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
    "(SELECT instance_id FROM work_items WHERE id = $1)",
    TASK,
    "work_items w JOIN process_instances p ON p.id = w.instance_id",
    "w.id = $1",
)
BY_DUE_ROW = _address(
    "(SELECT instance_id FROM due_rows WHERE id = $1)",
    TASK + DUE,
    "due_rows d JOIN process_instances p ON p.id = d.instance_id LEFT JOIN work_items w ON w.id = d.task_id",
    "d.id = $1",
)
BY_INSTANCE = _address("$1", "", "process_instances p", "p.id = $1")


def read(session: Session, address: Address, identifier: UUID) -> Position | None:
    """Where the instance of a task, due row or id stands; None when there is no such thing."""
    rows = platform_session(session).ask(address.read, (identifier,))
    if not rows:
        return None
    row = rows[0] if len(rows) == 1 else min(rows, key=_is_held_by_its_stage)
    return Position._make((*row, *REST[len(row)]))


def _is_held_by_its_stage(row: Row) -> bool:
    """Of the hold of an item and that of its stage, the item's own counts."""
    return row[HELD_ITEM] is None


HELD_ITEM = Position._fields.index("held_item")


REST = {count: tuple(Position._field_defaults.values())[count - 26 :] for count in (26, 35, 46)}
"""What follows the columns of a read: nothing is known of the task, of the limit, of the instances above."""


def read_locked(session: Session, address: Address, identifier: UUID) -> Position | None:
    """Lock the instance, then read: the second statement sees what the holder of the lock wrote, and a later time."""
    platform_session(session).send(address.lock, (identifier,))
    return read(session, address, identifier)


def read_chain(session: Session, address: Address, identifier: UUID) -> Position | None:
    """Lock the instances from the root down to the addressed one, then read it with those above.

    The transaction holds no lock of an instance yet.
    """
    platform_session(session).send(address.lock_chain, (identifier,))
    above = platform_session(session).send(address.read_above, (identifier,))
    position = read(session, address, identifier)
    return position and position._replace(above=tuple(_above(*row) for row in above))


def _above(
    id: UUID, process: str, release: str, status: str, version: int, state: bytes, root_id: UUID, *rest: Any
) -> Above:
    parent_id, parent_task_id, key, kind = rest
    snapshot = Snapshot(id, process, release, Status(status), version, state, root_id, parent_id, parent_task_id, key)
    return Above(snapshot, kind)
