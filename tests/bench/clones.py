"""Many live instances from one: the state of an instance holds no id, and a task's id follows from its instance's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

import psycopg

from engine import Definitions, commands, happenings
from engine.snapshot import Outcome, Snapshot

Row = tuple[Any, ...]
FAR = datetime(2100, 1, 1, tzinfo=UTC)

CASES = (
    "COPY item_cases (id, stage_case_id, item_code, name, department_id, main, pledge, predecessors, status, history,"
    " opened_at) FROM STDIN"
)
INSTANCES = (
    "COPY process_instances (id, root_id, process, kind, release_id, status, version, state, stage_case_id,"
    " item_case_id, started_at) FROM STDIN"
)
TASKS = (
    "COPY work_items (id, instance_id, stage_case_id, item_case_id, element_id, name, role, organisation_id, form,"
    " guard, status, opened_at) FROM STDIN"
)
LIMITS = (
    "COPY due_rows (id, instance_id, task_id, element_id, kind, timeout, limit_text, started_at, due_at,"
    " stage_case_id, region_code, organisation_id, yellow_at, light_at) FROM STDIN"
)


def answers_nothing(call: object) -> Mapping[str, Any]:
    """What stands for the operations while a template is stepped in memory."""
    return {}


@dataclass(frozen=True)
class Template:
    """One instance that waits in one task, which has a limit or none."""

    snapshot: Snapshot
    opened: happenings.TaskOpened
    limit: happenings.LimitSet | None

    @classmethod
    def of(cls, outcome: Outcome) -> Template:
        """The template that a command leaves behind."""
        opened = [found for found in outcome.happenings if isinstance(found, happenings.TaskOpened)][-1]
        limits = [
            found
            for found in outcome.happenings
            if isinstance(found, happenings.LimitSet) and found.task_id == opened.task_id
        ]
        return cls(outcome.snapshots[0], opened, limits[0] if limits else None)

    @classmethod
    def start(cls, definitions: Definitions, process: str, data: Mapping[str, Any], release: str) -> Template:
        """A new instance of a process, at its first task."""
        outcome = commands.start(
            definitions, {}, uuid4(), process, {"stage_case": "", **data}, release=release, perform=answers_nothing
        )
        return cls.of(outcome)

    def then(self, definitions: Definitions, values: Mapping[str, Any]) -> Template:
        """The template after its task has been completed."""
        own = self.snapshot
        outcome = commands.complete(
            definitions, {own.id: own}, own.id, self.opened.task_id, values, perform=answers_nothing
        )
        return Template.of(outcome)

    @property
    def token(self) -> str:
        """The number of the token that waits: the task's id is the instance's id hashed with it."""
        for number in range(1, 100_000):
            if uuid5(self.snapshot.id, str(number)) == self.opened.task_id:
                return str(number)
        raise AssertionError("a task's id no longer follows from its instance and token")


def copy(
    connection: psycopg.Connection[Any], template: Template, stage_cases: Sequence[UUID], *, with_case: bool
) -> list[UUID]:
    """One clone in each of the ``stage_cases`` (which may repeat); the ids of their tasks."""
    row = connection.execute(
        "SELECT platform_now(), (SELECT count(*) FROM item_cases), (SELECT region_code FROM stage_cases LIMIT 1)"
    ).fetchone()
    assert row is not None
    now, first, region = row
    snapshot, opened, token = template.snapshot, template.opened, template.token
    clones = [_Clone(stage, token, with_case) for stage in stage_cases]
    kind = "item" if with_case else "loop"
    with connection.cursor() as cursor:
        if with_case:
            _fill(cursor, CASES, (each.case_row(opened, first + number, now) for number, each in enumerate(clones)))
        _fill(cursor, INSTANCES, (each.instance_row(snapshot, kind, now) for each in clones))
        _fill(cursor, TASKS, (each.task_row(opened, now) for each in clones))
        if template.limit is not None:
            limit = template.limit
            _fill(cursor, LIMITS, (each.limit_row(limit, opened, region, now) for each in clones))
    connection.commit()
    return [each.task for each in clones]


class _Clone:
    """One clone: its ids and its rows, in the order of the statements above."""

    def __init__(self, stage: UUID, token: str, with_case: bool) -> None:
        self.stage = stage
        self.instance = uuid4()
        self.case = uuid4() if with_case else None
        self.task = uuid5(self.instance, token)

    def case_row(self, opened: happenings.TaskOpened, number: int, now: datetime) -> Row:
        department = opened.organisation
        return (self.case, self.stage, f"X{number}", "测量用事项", department, True, False, [], None, [], now)

    def instance_row(self, snapshot: Snapshot, kind: str, now: datetime) -> Row:
        own = (self.instance, self.instance, snapshot.process, kind, snapshot.release, "active", snapshot.version)
        return (*own, snapshot.state, self.stage, self.case, now)

    def task_row(self, opened: happenings.TaskOpened, now: datetime) -> Row:
        own = (self.task, self.instance, self.stage, self.case, opened.element_id, opened.name, opened.role)
        return (*own, opened.organisation, opened.form, opened.guard, "open", now)

    def limit_row(self, limit: happenings.LimitSet, opened: happenings.TaskOpened, region: str, now: datetime) -> Row:
        own = (uuid4(), self.instance, self.task, limit.element_id, limit.kind, limit.timeout, limit.limit)
        return (*own, now, FAR, self.stage, region, opened.organisation, FAR, FAR)


def _fill(cursor: psycopg.Cursor[Any], statement: str, rows: Iterator[Row]) -> None:
    with cursor.copy(statement) as sink:
        for row in rows:
            sink.write_row(row)
