"""The cost of completing a task does not grow: not with instances, not with finished steps, not with items."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from sqlalchemy.orm import Session, sessionmaker

from cases.complete_task import complete_task
from database.driver import Driver
from database.session import platform_session
from tests.bench.bench_world import BenchWorld
from tests.bench.figures import Figure, seconds

OPERATIONS = 2_000
SLOWER_AT_MOST = 1.3
FEW, MANY = 4_000, 200_000
EARLY, LATE = 10, 1_000
ITEMS = 40
DIGITS = 8
WRITTEN = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"


class Footprint(NamedTuple):
    """What one completion does to the database."""

    statements: int
    rows: int
    state_bytes: int

    def equals(self, other: Footprint) -> bool:
        """Equal but for the digits of the numbers that tokens have in the state."""
        same = (self.statements, self.rows) == (other.statements, other.rows)
        return same and abs(self.state_bytes - other.state_bytes) <= DIGITS


class Side(NamedTuple):
    """One of two things that are compared: where it is, and its tasks, all alike."""

    bench: BenchWorld
    tasks: list[UUID]
    values: dict[str, Any]


def figures(bench: BenchWorld) -> Iterator[Figure]:
    """``flat_rows``, ``flat_steps``, ``flat_items``: time of the larger / time of the smaller."""
    yield _flat_items(bench)
    yield _flat_steps(bench)
    yield _flat_rows(bench)


def _flat_items(bench: BenchWorld) -> Figure:
    stage_case = bench.stage_case()
    singles = bench.clone_stage_cases(stage_case, OPERATIONS)
    shared = bench.clone_stage_cases(stage_case, -(-OPERATIONS // ITEMS))
    one = bench.clone_item_into(singles)
    forty = bench.clone_item_into([case for case in shared for _ in range(ITEMS)][:OPERATIONS])
    return compare("flat_items", Side(bench, one, {}), Side(bench, forty, {}))


def _flat_steps(bench: BenchWorld) -> Figure:
    stage_case = bench.stage_case()
    early = bench.clone_loops(stage_case, OPERATIONS, EARLY - 1)
    late = bench.clone_loops(stage_case, OPERATIONS, LATE - 1)
    values = {"decision": "accept"}
    return compare("flat_steps", Side(bench, early, values), Side(bench, late, values))


def _flat_rows(bench: BenchWorld) -> Figure:
    sides = []
    for name, live in (("few", FEW), ("many", MANY)):
        twin = bench.twin(name)
        cases = twin.clone_stage_cases(twin.stage_case(), 20)
        already = twin.world.scalar("SELECT count(*) FROM process_instances WHERE status = 'active'")
        rest = live - already - OPERATIONS
        twin.clone_item_into([cases[number % len(cases)] for number in range(max(rest, 0))])
        tasks = twin.clone_items(twin.stage_case(), OPERATIONS)
        sides.append(Side(twin, tasks, {}))
    return compare("flat_rows", *sides)


def compare(name: str, small: Side, large: Side) -> Figure:
    """Both sides in turns; a different footprint makes the figure fail whatever the times are."""
    for side in (small, large):
        side.bench.analyse()
    factories = [side.bench.sessions() for side in (small, large)]
    footprints = [_footprint(side, factory) for side, factory in zip((small, large), factories, strict=True)]
    times: tuple[list[float], list[float]] = ([], [])
    for row in zip(small.tasks[1:], large.tasks[1:], strict=True):
        for side, factory, task, kept in zip((small, large), factories, row, times, strict=True):
            kept.append(seconds(_completion(side, factory, task)))
    for factory in factories:
        factory.kw["bind"].dispose()
    medians = [statistics.median(kept) for kept in times]
    equal = footprints[0].equals(footprints[1])
    note = f"{medians[0] * 1e3:.2f} ms → {medians[1] * 1e3:.2f} ms；{_told(footprints)}"
    value = medians[1] / medians[0] if equal else float("inf")
    return Figure(name, value, "ratio", SLOWER_AT_MOST, at_most=True, note=note)


def _told(footprints: Sequence[Footprint]) -> str:
    parts = [f"{each.statements} 条语句、{each.rows} 行、状态 {each.state_bytes} 字节" for each in footprints]
    return "两边都是 " + parts[0] if parts[0] == parts[1] else " → ".join(parts)


def _completion(side: Side, sessions: sessionmaker[Session], task: UUID) -> Callable[[], None]:
    return lambda: side.bench.complete(sessions, task, side.values)


def _footprint(side: Side, sessions: sessionmaker[Session]) -> Footprint:
    """Complete the first task and count; what was written is asked inside the transaction."""
    task = side.tasks[0]
    with sessions() as session:
        _ = platform_session(session).driver  # what a new connection asks first is no part of a command
    with _counted() as counts, sessions() as session:
        complete_task(session, side.bench.officer, task, side.values)
        [(rows,)] = platform_session(session).send(WRITTEN, ())  # after what waits for the commit
        statements = len(counts) - 1
        session.commit()
    size = side.bench.world.scalar(
        "SELECT octet_length(p.state) FROM process_instances p JOIN work_items w ON w.instance_id = p.id"
        " WHERE w.id = :id",
        id=task,
    )
    return Footprint(statements, int(rows), size)


@contextmanager
def _counted() -> Iterator[list[str]]:
    """The statements that go to the database meanwhile, through SQLAlchemy or past it."""
    found: list[str] = []
    executed, sent = psycopg.Cursor.execute, Driver.send

    def execute(cursor: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        found.append(str(query))
        return executed(cursor, query, *args, **kwargs)

    def send(connection: Driver, statement: str, values: Sequence[object]) -> Any:
        found.append(statement)
        return sent(connection, statement, values)

    psycopg.Cursor.execute, Driver.send = execute, send  # type: ignore[assignment, method-assign]
    try:
        yield found
    finally:
        psycopg.Cursor.execute, Driver.send = executed, sent  # type: ignore[method-assign]
