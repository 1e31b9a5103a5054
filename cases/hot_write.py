"""The one hand-written write of the hot commands: one statement of the sections that have rows.

Rows that are inserted travel as JSON, one parameter a section; what is updated is addressed by primary key, so that
no plan ever depends on how many rows a table has.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from audit.chain import Head, chain
from audit.vault import vault_of
from cases.changes import Case, Changes, Row
from cases.hot import driver
from database.transaction import Stale
from engine.snapshot import Snapshot, Status

INSTANCE = """
    UPDATE process_instances SET version = %({0}_version)s, state = %({0}_state)s, status = %({0}_status)s,
        ended_at = %({0}_ended)s, item_case_id = coalesce(%({0}_case)s, item_case_id) {1}
    WHERE id = %({0}_id)s AND version = %({0}_version)s - 1 RETURNING id"""
HEAD_ONLY = """
    UPDATE process_instances SET audit_sequence = %(head_sequence)s, audit_hash = %(head_hash)s
    WHERE id = %(instance)s RETURNING id"""
HEAD = ", audit_sequence = %(head_sequence)s, audit_hash = %(head_hash)s"
DONE = """
    UPDATE work_items SET status = 'done', closed_at = %(now)s, closed_by = %(actor)s, submission = %(submission)s,
        draft = NULL
    WHERE id = %(done)s AND status = 'open' RETURNING id"""
CANCELLED = """
    UPDATE work_items SET status = 'cancelled', closed_at = %(now)s WHERE id = ANY(%(cancelled)s) AND status = 'open'"""
CLEARED = """
    UPDATE due_rows SET cancelled_at = %(now)s
    WHERE task_id = ANY(%(cleared)s) AND fired_at IS NULL AND cancelled_at IS NULL"""
FIRED = """
    UPDATE due_rows SET fired_at = %(now)s
    WHERE id = %(fired)s AND fired_at IS NULL AND cancelled_at IS NULL RETURNING id"""
CASE = """
    UPDATE item_cases SET status = %({0}_status)s, history = %({0}_history)s,
        accepted_at = coalesce(%({0}_accepted)s, accepted_at), ended_at = coalesce(%({0}_ended)s, ended_at),
        end_reason = coalesce(%({0}_reason)s, end_reason), result_date = coalesce(%({0}_date)s, result_date),
        result_number = coalesce(%({0}_number)s, result_number), result_title = coalesce(%({0}_title)s, result_title),
        result_valid_until = coalesce(%({0}_valid)s, result_valid_until), outcome = coalesce(%({0}_outcome)s, outcome)
    WHERE id = %({0}_id)s"""


def _insert(table: str, columns: str, values: str = "") -> str:
    """``columns`` are the members of the JSON rows with their types, ``values`` further columns with expressions."""
    names = [part.split()[0] for part in columns.split(", ")]
    more = [part.split(" = ", 1) for part in values.split("; ")] if values else []
    into = ", ".join([*names, *(name for name, _ in more)])
    what = ", ".join([*(f"r.{name}" for name in names), *(value for _, value in more)])
    return f"\n    INSERT INTO {table} ({into}) SELECT {what} FROM json_to_recordset(%({table})s) AS r({columns})"


INSERTS = {
    "item_cases": _insert(
        "item_cases",
        "id uuid, stage_case_id uuid, item_code text, name text, department_id uuid, main boolean, "
        "limit_text text, pledge boolean, predecessors text[], status int, history int[], accepted_at timestamptz, "
        "ended_at timestamptz",
        "opened_at = %(now)s; attempt = (SELECT count(*) + 1 FROM item_cases c "
        "WHERE c.stage_case_id = r.stage_case_id AND c.item_code = r.item_code)",
    ),
    "process_instances": _insert(
        "process_instances",
        "id uuid, parent_id uuid, parent_task_id uuid, key text, root_id uuid, process text, kind text, "
        "release_id text, status text, version bigint, state bytea, stage_case_id uuid, item_case_id uuid, "
        "subject jsonb, ended_at timestamptz",
        "started_at = %(now)s",
    ),
    "work_items": _insert(
        "work_items",
        "id uuid, instance_id uuid, stage_case_id uuid, item_case_id uuid, element_id text, name text, role text, "
        "organisation_id uuid, form text, guard text",
        "status = 'open'; opened_at = %(now)s",
    ),
    "due_rows": _insert(
        "due_rows",
        "instance_id uuid, task_id uuid, element_id text, kind text, timeout text, limit_text text, "
        "due_at timestamptz, provisional boolean",
        "id = gen_random_uuid(); started_at = %(now)s",
    ),
    "status_events": _insert(
        "status_events",
        "item_case_id uuid, sequence int, code int",
        "id = gen_random_uuid(); effective_at = %(now)s; recorded_at = %(now)s; actor_id = %(actor)s",
    ),
    "audit_entries": _insert(
        "audit_entries",
        "stream_kind text, stream_id text, sequence bigint, hash bytea, actor_id uuid, address text, action text, "
        "result text, object_type text, object_id text, effective_at timestamptz, recorded_at timestamptz, "
        "digest bytea, details bytea",
    ),
    "outbox": _insert("outbox", "id uuid, topic text, payload jsonb", "created_at = %(now)s"),
}
"""Section -> statement, in the order in which the sections stand; each also names its parameter."""


class _Statement:
    """The sections and parameters of one write, and how many rows must have been as the command supposed."""

    def __init__(self, changes: Changes) -> None:
        self.parameters: dict[str, Any] = {"now": changes.now, "actor": changes.actor_id}
        self.sections: list[str] = []
        self.checked: list[str] = []

    def add(self, name: str, text: str, parameters: Row, *, checked: bool = False) -> None:
        self.sections.append(f"{name} AS ({text})")
        self.parameters |= parameters
        if checked:
            self.checked.append(name)

    def insert(self, table: str, rows: list[dict[str, Any]]) -> None:
        if rows:
            document = orjson.dumps(rows, default=_spell).decode()
            self.add(f"new_{table}", INSERTS[table], {table: document})

    def text(self) -> str:
        counts = " + ".join(f"(SELECT count(*) FROM {name})" for name in self.checked) or "0"
        return f"WITH {', '.join(self.sections)} SELECT {counts}"


def write(session: Session, changes: Changes, instance_id: UUID, head: Head) -> Head:
    """Write everything that a command changed; the audit entries go to the stream of ``instance_id``.

    Raises ``Stale`` when an instance, the task or the due row was no longer as it was read.
    """
    for work in changes.later:
        work(session)
    session.flush()
    entries = []
    for entry in changes.entries:
        row, head = chain(head, entry, vault_of(session))
        entries.append(row)
    statement = _Statement(changes)
    _instances(statement, changes, instance_id, head)
    _tasks_and_limits(statement, changes)
    for number, case in enumerate(case for case in changes.cases.values() if case.changed and not case.new):
        statement.add(f"case_{number}", CASE.format(f"case_{number}"), _case(f"case_{number}", case))
    new_cases = [case.changed for case in changes.cases.values() if case.new]
    statement.insert("item_cases", new_cases)
    statement.insert("process_instances", list(changes.started.values()))
    statement.insert("work_items", list(changes.opened.values()))
    statement.insert("due_rows", list(changes.limits.values()))
    statement.insert("status_events", changes.events)
    statement.insert("audit_entries", entries)
    statement.insert("outbox", changes.messages)
    found = driver(session).execute(statement.text(), statement.parameters).fetchone()
    if found is None or found[0] != len(statement.checked):
        raise Stale
    return head


def _instances(statement: _Statement, changes: Changes, instance_id: UUID, head: Head) -> None:
    for number, (key, snapshot) in enumerate(changes.instances.items()):
        name = f"instance_{number}"
        heads = HEAD if key == instance_id else ""
        case = changes.pointed.get(key)
        parameters = _instance(name, snapshot, changes, case)
        statement.add(name, INSTANCE.format(name, heads), parameters, checked=True)
    if changes.entries:
        if instance_id not in changes.instances:
            statement.add("head", HEAD_ONLY, {"instance": instance_id}, checked=True)
        statement.parameters |= {"head_sequence": head.sequence, "head_hash": head.hash}


def _instance(name: str, snapshot: Snapshot, changes: Changes, case: UUID | None) -> dict[str, Any]:
    return {
        f"{name}_id": snapshot.id,
        f"{name}_version": snapshot.version,
        f"{name}_state": snapshot.state,
        f"{name}_status": snapshot.status.value,
        f"{name}_ended": None if snapshot.status is Status.ACTIVE else changes.now,
        f"{name}_case": case,
    }


def _tasks_and_limits(statement: _Statement, changes: Changes) -> None:
    done = [task for task, status in changes.closed.items() if status == "done"]
    cancelled = [task for task, status in changes.closed.items() if status == "cancelled"]
    for task in done:
        submission = orjson.dumps(changes.submission, default=str).decode()
        statement.add("done", DONE, {"done": task, "submission": submission}, checked=True)
    if cancelled:
        statement.add("cancelled", CANCELLED, {"cancelled": cancelled})
    if changes.cleared:
        statement.add("cleared", CLEARED, {"cleared": list(changes.cleared)})
    if changes.fired:
        statement.add("fired", FIRED, {"fired": changes.fired}, checked=True)


def _case(name: str, case: Case) -> dict[str, Any]:
    changed = case.changed
    outcome = changed.get("outcome")
    return {
        f"{name}_id": case.id,
        f"{name}_status": case.history[-1],
        f"{name}_history": case.history,
        f"{name}_accepted": changed.get("accepted_at"),
        f"{name}_ended": changed.get("ended_at"),
        f"{name}_reason": changed.get("end_reason"),
        f"{name}_date": changed.get("result_date"),
        f"{name}_number": changed.get("result_number"),
        f"{name}_title": changed.get("result_title"),
        f"{name}_valid": changed.get("result_valid_until"),
        f"{name}_outcome": None if outcome is None else orjson.dumps(outcome, default=str).decode(),
    }


def _spell(value: object) -> str:
    """Bytes as PostgreSQL writes them in text."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"a row cannot hold {type(value).__name__}")
