"""The complete command against the raw rate of the database: with one client and with four."""

from __future__ import annotations

import multiprocessing
import statistics
from collections.abc import Callable, Iterator
from multiprocessing.synchronize import Barrier
from typing import Any
from uuid import UUID, uuid4

import psycopg

from accounts.actor import Actor
from tests.bench.bench_world import BenchWorld
from tests.bench.figures import Figure, interleaved, seconds

OPERATIONS = 2_000
DEPARTMENTS = ("approval", "housing", "city_management", "sports")
CLIENTS = len(DEPARTMENTS)
BLOCK = 25
RAW_ROWS = 1_000


def figures(bench: BenchWorld) -> Iterator[Figure]:
    """``complete_vs_raw_1client`` and ``complete_vs_raw_4clients``: raw time / time of the command."""
    make_raw_tables(bench)
    bench.clone_items(bench.stage_case(), 2_000)  # a table that is not empty
    raw, complete = one_client(bench, OPERATIONS)
    note = f"裸写 {raw * 1e3:.2f} ms，办理 {complete * 1e3:.2f} ms"
    yield Figure("complete_vs_raw_1client", raw / complete, "ratio", 1 / 3, note=note)
    raw, complete = four_clients(bench, OPERATIONS // CLIENTS)
    note = f"裸写 {raw * 1e3:.2f} ms，办理 {complete * 1e3:.2f} ms"
    yield Figure("complete_vs_raw_4clients", raw / complete, "ratio", 1 / 4, note=note)


def one_client(bench: BenchWorld, operations: int) -> tuple[float, float]:
    """Medians of the raw transaction and of the command, in turns, in this process."""
    tasks = bench.clone_items(bench.stage_case(), operations + 50)
    bench.analyse()
    sessions = bench.sessions()
    with bench.connect() as connection:
        for task in tasks[:50]:
            bench.complete(sessions, task, {})
            raw(connection)()
        pairs = [(raw(connection), lambda task=task: bench.complete(sessions, task, {})) for task in tasks[50:]]
        medians = interleaved(pairs)
    sessions.kw["bind"].dispose()
    return medians[0], medians[1]


def four_clients(bench: BenchWorld, operations: int) -> tuple[float, float]:
    """The same with four departments that work on one stage at the same time, in blocks of raw and command in turns."""
    context = multiprocessing.get_context("fork")
    stage_case = bench.stage_case()
    lists = [bench.clone_items(stage_case, operations + BLOCK, department) for department in DEPARTMENTS]
    officers = [bench.world.person(department, "officer") for department in DEPARTMENTS]
    bench.analyse()
    barrier, answers = context.Barrier(CLIENTS), context.Queue()
    clients = [
        context.Process(target=_client, args=(bench, officer, tasks, barrier, answers))
        for officer, tasks in zip(officers, lists, strict=True)
    ]
    for client in clients:
        client.start()
    found = [answers.get(timeout=300) for _ in clients]
    for client in clients:
        client.join(30)
    return (
        statistics.median(value for raws, _ in found for value in raws),
        statistics.median(value for _, completes in found for value in completes),
    )


def _client(bench: BenchWorld, officer: Actor, tasks: list[UUID], barrier: Barrier, answers: Any) -> None:
    sessions = bench.sessions()
    raws: list[float] = []
    completes: list[float] = []
    with bench.connect() as connection:
        for start in range(0, len(tasks), BLOCK):
            barrier.wait(120)
            raws += [seconds(raw(connection)) for _ in range(BLOCK)]
            barrier.wait(120)
            for task in tasks[start : start + BLOCK]:
                completes.append(seconds(lambda task=task: bench.complete(sessions, task, {}, officer)))  # type: ignore[misc]
    answers.put((raws[BLOCK:], completes[BLOCK:]))
    sessions.kw["bind"].dispose()


def raw(connection: psycopg.Connection[Any]) -> Callable[[], None]:
    """BEGIN, one UPDATE, one INSERT, COMMIT."""
    number = uuid4().int % RAW_ROWS

    def work() -> None:
        connection.execute("UPDATE raw_rows SET version = version + 1 WHERE id = %s", (number,))
        connection.execute("INSERT INTO raw_log (id, row) VALUES (%s, %s)", (uuid4(), number))
        connection.commit()

    return work


def make_raw_tables(bench: BenchWorld) -> None:
    """What the raw transaction writes to."""
    with bench.server.connect(bench.database) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS raw_rows (id int PRIMARY KEY, version bigint NOT NULL)")
        connection.execute("CREATE TABLE IF NOT EXISTS raw_log (id uuid PRIMARY KEY, row int NOT NULL)")
        connection.execute(
            f"INSERT INTO raw_rows SELECT n, 0 FROM generate_series(0, {RAW_ROWS}) n ON CONFLICT DO NOTHING"
        )
        connection.execute("GRANT ALL ON raw_rows, raw_log TO binglian_app")
