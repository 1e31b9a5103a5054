"""The one hand-written write of the hot commands: one statement of the sections that have rows.

One row of a table travels as it stands, several as JSON in one parameter; what is updated is addressed by primary key,
so that no plan ever depends on how many rows a table has. The text of a shape is built once, short enough to be kept
prepared.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from psycopg.errors import UniqueViolation
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.chain import Head, chain
from audit.vault import vault_of
from cases.changes import Case, Changes, Row
from cases.refusals import conflict_of, in_words
from database.session import Send, platform_session
from database.transaction import Stale
from engine.snapshot import Snapshot, Status

# A limit that is not a task's is its item's department's promise, or else its stage's lead's.
RESPONSIBLE = text("""
    UPDATE due_rows d SET organisation_id = coalesce(i.department_id, s.lead_id)
    FROM process_instances p JOIN stage_cases s ON s.id = p.stage_case_id
        LEFT JOIN item_cases i ON i.id = p.item_case_id
    WHERE p.id = d.instance_id AND d.id = ANY(:ids)
""")
INSTANCE = """UPDATE process_instances SET version = %({0}_version)s, state = %({0}_state)s, status = %({0}_status)s,
 ended_at = %({0}_ended)s, item_case_id = coalesce(%({0}_case)s, item_case_id){1}
 WHERE id = %({0}_id)s AND version = %({0}_version)s - 1{2} RETURNING 1"""
HEAD = ", audit_sequence = %(sequence)s, audit_hash = %(hash)s"
HEAD_CHECK = " AND audit_sequence = %(before)s"
HEAD_ONLY = """UPDATE process_instances SET audit_sequence = %(sequence)s, audit_hash = %(hash)s
 WHERE id = %(instance)s AND audit_sequence = %(before)s RETURNING 1"""
DONE = """UPDATE work_items SET status = 'done', closed_at = %(now)s, closed_by = %(actor)s,
 submission = %(submission)s, draft = NULL WHERE id = %(done)s AND status = 'open' RETURNING 1"""
CANCELLED = """UPDATE work_items SET status = 'cancelled', closed_at = %(now)s
 WHERE id = ANY(%(cancelled)s::uuid[]) AND status = 'open'"""
CLEARED = """UPDATE due_rows SET cancelled_at = %(now)s
 WHERE task_id = ANY(%(cleared)s::uuid[]) AND cancelled_at IS NULL"""
FIRED = """UPDATE due_rows SET fired_at = %(now)s
 WHERE id = %(fired)s AND fired_at IS NULL AND cancelled_at IS NULL AND NOT held AND due_at < %(now)s RETURNING 1"""
LAPSED = """UPDATE due_rows SET fired_at = %(now)s, cancelled_at = %(now)s
 WHERE id = %(fired)s AND fired_at IS NULL AND cancelled_at IS NULL AND NOT held AND due_at < %(now)s RETURNING 1"""
CASE = """UPDATE item_cases SET status = %({0}_status)s, history = %({0}_history)s::int[],
 accepted_at = coalesce(%({0}_accepted)s, accepted_at), ended_at = coalesce(%({0}_ended)s, ended_at),
 end_reason = coalesce(%({0}_reason)s, end_reason) WHERE id = %({0}_id)s"""
RESULT = """UPDATE item_cases SET status = %({0}_status)s, history = %({0}_history)s::int[],
 ended_at = %({0}_ended)s, end_reason = %({0}_reason)s, result_date = %({0}_date)s, result_number = %({0}_number)s,
 result_title = %({0}_title)s, result_valid_until = %({0}_valid)s, outcome = %({0}_outcome)s
 WHERE id = %({0}_id)s"""
NEW_CASES = """INSERT INTO item_cases (id, stage_case_id, item_code, name, department_id, main, limit_text, pledge,
 predecessors, status, history, accepted_at, ended_at, opened_at, attempt)
 SELECT r.id, r.stage_case_id, r.item_code, r.name, r.department_id, r.main, r.limit_text, r.pledge, r.predecessors,
 r.status, r.history, r.accepted_at, r.ended_at, %(now)s, (SELECT count(*) + 1 FROM item_cases c
 WHERE c.stage_case_id = r.stage_case_id AND c.item_code = r.item_code)
 FROM json_populate_recordset(null::item_cases, %(item_cases)s) r"""
ENTRIES = """INSERT INTO audit_entries (stream_kind, stream_id, sequence, hash, actor_id, address, action, result,
 object_type, object_id, effective_at, recorded_at, digest, details)
 SELECT r.stream_kind, r.stream_id, r.sequence, r.hash, r.actor_id, r.address, r.action, r.result, r.object_type,
 r.object_id, r.effective_at, r.recorded_at, r.digest, r.details
 FROM json_populate_recordset(null::audit_entries, %(audit_entries)s) r"""
HEADS, NO_HEADS = (HEAD, HEAD_CHECK), ("", "")
WHOLE = "INSERT INTO {0} SELECT * FROM json_populate_recordset(null::{0}, %({0})s)"

INSERTS = {
    "item_cases": NEW_CASES,
    **{table: WHOLE.format(table) for table in ("process_instances", "work_items", "due_rows", "status_events")},
    "audit_entries": ENTRIES,
    "outbox": WHOLE.format("outbox"),
}
"""Table -> statement for several rows; they hold every column, but for those that the statement names."""
COMPUTED = {"item_cases"}
"""Tables whose statement computes a column: never inserted as they stand."""
SECTIONS = {
    "instance": INSTANCE,
    "head": HEAD_ONLY,
    "done": DONE,
    "cancelled": CANCELLED,
    "cleared": CLEARED,
    "fired": FIRED,
    "lapsed": LAPSED,
    "case": CASE,
    "result": RESULT,
    **{f"new_{table}": statement for table, statement in INSERTS.items()},
}
PARAMETER = re.compile(r"%\((\w+)\)s")
CHECKED = ("instance", "head", "done", "fired", "lapsed")
"""Sections whose row must have been as the command supposed."""


class _Compiled(NamedTuple):
    """A statement as the server reads it, and the parameters by name in the order of their numbers."""

    text: str
    names: tuple[str, ...]


@lru_cache(maxsize=256)
def _compile(shape: tuple[tuple[str, str, bool], ...], rows: tuple[tuple[str, tuple[str, ...]], ...]) -> _Compiled:
    """The statement of a shape: (section, name, whether it moves the audit head), and (table, columns) of single rows.

    The values of the single rows come after the named ones, in their order.
    """
    sections = [
        f"{name} AS ({SECTIONS[section].format(name, *(HEADS if with_head else NO_HEADS))})"
        for section, name, with_head in shape
    ]
    checked = [f"(SELECT 1 FROM {name})" for section, name, _ in shape if section in CHECKED]
    answer = f"require_changed({' + '.join(checked)})" if checked else "0"
    numbers: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        return f"${numbers.setdefault(match[1], len(numbers) + 1)}"

    written = [PARAMETER.sub(number, section) for section in sections]
    following = count(len(numbers) + 1)
    for table, columns in rows:
        values = ", ".join(f"${next(following)}" for _ in columns)
        written.append(f"new_{table} AS (INSERT INTO {table} ({', '.join(columns)}) VALUES ({values}))")
    return _Compiled(f"WITH {', '.join(written)} SELECT {answer}", tuple(numbers))


class _Statement:
    """The shape and the parameters of one write."""

    def __init__(self, changes: Changes) -> None:
        self.parameters: Row = {"now": changes.now, "actor": changes.actor_id}
        self.shape: list[tuple[str, str, bool]] = []
        self.rows: list[tuple[str, tuple[str, ...]]] = []
        self.inserted: list[object] = []

    def add(self, section: str, parameters: Row, name: str | None = None, with_head: bool = False) -> None:
        self.shape.append((section, name or section, with_head))
        self.parameters.update(parameters)

    def insert(self, table: str, rows: list[Row]) -> None:
        if len(rows) == 1 and table not in COMPUTED:
            self.rows.append((table, tuple(rows[0])))
            self.inserted += rows[0].values()
        elif rows:
            self.add(f"new_{table}", {table: _json(rows)})

    def run(self, send: Send) -> None:
        compiled = _compile(tuple(self.shape), tuple(self.rows))
        values = [self.parameters[name] for name in compiled.names]
        try:
            send(compiled.text, values + self.inserted)
        except IntegrityError as error:
            if (conflict := conflict_of(error)) is not None:
                raise conflict from error
            if isinstance(error.orig, UniqueViolation):
                raise Stale from error  # the rows are inserted even where the check finds that somebody was first
            raise


def write(session: Session, changes: Changes, instance_id: UUID, head: Head) -> None:
    """Write everything that a command changed; the audit entries go to the stream of ``instance_id``.

    Where nothing follows, it is written together with the commit. Then or now it is an error that the boundary tries
    again when an instance, the task or the due row is no longer as it was read, and the ``Conflict`` of a constraint
    that stands for a rule.
    """
    entries: list[Row] = []
    before = head.sequence
    for entry in changes.entries:
        row, head = chain(head, entry, vault_of(session))
        entries.append(row)
    statement = _Statement(changes)
    statement.parameters["before"] = before
    _instances(statement, changes, instance_id, head)
    _tasks_and_limits(statement, changes)
    _cases(statement, changes)
    statement.insert("process_instances", list(changes.started.values()))
    statement.insert("work_items", list(changes.opened.values()))
    statement.insert("due_rows", list(changes.limits.values()))
    statement.insert("status_events", changes.events)
    statement.insert("audit_entries", entries)
    statement.insert("outbox", changes.messages)
    platform_session(session).at_end(statement.run)
    ownerless = [row["id"] for row in changes.limits.values() if row["organisation_id"] is None]
    if ownerless or changes.later or session.in_transaction():
        _follow_up(session, changes, ownerless)


def _follow_up(session: Session, changes: Changes, ownerless: list[UUID]) -> None:
    with in_words():
        if ownerless:
            session.execute(RESPONSIBLE, {"ids": ownerless})
        for work in changes.later:
            work(session)
        session.flush()


def _instances(statement: _Statement, changes: Changes, instance_id: UUID, head: Head) -> None:
    for number, (key, snapshot) in enumerate(changes.instances.items()):
        name = f"instance_{number}"
        parameters = _instance(name, snapshot, changes, changes.pointed.get(key))
        statement.add("instance", parameters, name, key == instance_id)
    if changes.entries:
        if instance_id not in changes.instances:
            statement.add("head", {"instance": instance_id})
        statement.parameters |= {"sequence": head.sequence, "hash": head.hash}


def _instance(name: str, snapshot: Snapshot, changes: Changes, case: UUID | None) -> Row:
    return {
        f"{name}_id": snapshot.id,
        f"{name}_version": snapshot.version,
        f"{name}_state": snapshot.state,
        f"{name}_status": snapshot.status.value,
        f"{name}_ended": None if snapshot.status is Status.ACTIVE else changes.now,
        f"{name}_case": case,
    }


def _tasks_and_limits(statement: _Statement, changes: Changes) -> None:
    cancelled = []
    for task, status in changes.closed.items():
        if status == "cancelled":
            cancelled.append(task)
        else:
            submission = orjson.dumps(changes.submission, default=str).decode()
            statement.add("done", {"done": task, "submission": submission})
    if cancelled:
        statement.add("cancelled", {"cancelled": _array(cancelled)})
    lapsed = {changes.lapsed} & changes.cleared  # its limit is over because it passed: one section for the one row
    if changes.cleared - lapsed:
        statement.add("cleared", {"cleared": _array(changes.cleared - lapsed)})
    if changes.fired:
        statement.add("lapsed" if lapsed else "fired", {"fired": changes.fired})


def _cases(statement: _Statement, changes: Changes) -> None:
    new: list[Row] = []
    for number, case in enumerate(changes.cases.values()):
        if case.new:
            new.append({"history": [], **case.changed})
        elif case.changed:
            name = f"case_{number}"
            section = "result" if "outcome" in case.changed else "case"
            statement.add(section, _case(name, case), name)
    statement.insert("item_cases", new)


def _case(name: str, case: Case) -> Row:
    changed = case.changed
    values: dict[str, Any] = {
        "id": case.id,
        "status": case.history[-1] if case.history else None,
        "history": _array(case.history),
        "ended": changed.get("ended_at"),
        "reason": changed.get("end_reason"),
    }
    if "outcome" in changed:
        values |= {
            "date": changed.get("result_date"),
            "number": changed.get("result_number"),
            "title": changed.get("result_title"),
            "valid": changed.get("result_valid_until"),
            "outcome": orjson.dumps(changed["outcome"], default=str).decode(),
        }
    else:
        values["accepted"] = changed.get("accepted_at")
    return {f"{name}_{key}": value for key, value in values.items()}


def _array(values: Any) -> str:
    """An array as PostgreSQL reads it in text; of ids and numbers only."""
    return "{" + ",".join(map(str, values)) + "}"


def _json(value: object) -> str:
    return orjson.dumps(value, default=_spell).decode()


def _spell(value: object) -> str:
    """Bytes as PostgreSQL writes them in text."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"a row cannot hold {type(value).__name__}")
