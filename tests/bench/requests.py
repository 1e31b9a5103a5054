"""The figures over HTTP: one person after another, forty at once, and the memory of the server."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

from cases.models import WorkItem
from tests.bench import wide
from tests.bench.bench_world import BenchWorld
from tests.bench.figures import Figure, seconds
from tests.bench.web import Client, Web, web
from tests.integration.cases.world import OPINION

COMPLETIONS = 600
ITEMS_OPEN = (1, 10, 50)
REQUESTS_BEFORE, REQUESTS_AFTER = 1_000, 10_000
PLANNINGS = 5


def figures(bench: BenchWorld) -> Iterator[Figure]:
    """``http_complete_p95_*`` and ``worker_memory`` with one process, then the two figures of forty departments."""
    with web(bench, processes=1) as server:
        for count in ITEMS_OPEN:
            yield _complete_with_items_open(server, count)
        yield _memory(server)
    with web(bench, processes=2) as server:
        yield _answers_at_once(server)
        yield _dispatch(server)


def percentile(values: list[float], part: float) -> float:
    """The value below which ``part`` of the values lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def _complete_with_items_open(server: Web, count: int) -> Figure:
    bench = server.bench
    client = server.client(bench.officer)
    tasks = [task for _ in range(-(-COMPLETIONS // count)) for task in bench.clone_items(bench.stage_case(), count)]
    bench.analyse()
    times = [seconds(lambda task=task: client.complete(task, {})) for task in tasks]  # type: ignore[misc]
    value = percentile(times[20:], 0.95) * 1e3
    return Figure(f"http_complete_p95_{count}", value, "ms", 20, at_most=True, note=f"{len(times)} 次")


def _memory(server: Web) -> Figure:
    client = server.client(server.bench.officer)

    def work(requests: int) -> int:
        for number in range(requests):
            client.must("GET", ("/tasks?limit=20", "/sessions/current", "/projects?limit=20")[number % 3])
        return server.resident_bytes()

    before = work(REQUESTS_BEFORE)
    after = work(REQUESTS_AFTER - REQUESTS_BEFORE)
    note = f"{before / 2**20:.0f} MB → {after / 2**20:.0f} MB"
    return Figure("worker_memory", after / before, "ratio", 1.1, at_most=True, note=note)


def _answers_at_once(server: Web) -> Figure:
    """The p95 of one planning, the median of several; the first warms the processes up."""
    bench, values = server.bench, []
    for _ in range(1 + PLANNINGS):
        tasks = bench.world.tasks(bench.stage_case(wide.PROCESS_TYPE))
        assert len(tasks) == wide.WIDTH
        answers = _at_once(server, tasks, OPINION)
        refused = [status for status, _ in answers if status != 200]
        assert not refused, refused
        values.append(percentile([time for _, time in answers], 0.95) * 1e3)
    note = f"{PLANNINGS} 次策划，每次 {wide.WIDTH} 个部门全部成功；冷启动的一次 {values[0]:.0f} ms"
    return Figure("answers_at_once_40", statistics.median(values[1:]), "ms", 1_000, at_most=True, note=note)


def _at_once(server: Web, tasks: list[WorkItem], values: dict[str, Any]) -> list[tuple[int, float]]:
    """Everybody completes a task in the same instant: status and seconds of each."""
    clients = [server.client(server.bench.world.worker(task)) for task in tasks]
    for client in clients:
        client.must("GET", "/sessions/current")
    together = Barrier(len(tasks))

    def answer(client: Client, task: UUID) -> tuple[int, float]:
        together.wait(30)
        found: list[int] = []
        time = seconds(lambda: found.append(client.ask("POST", f"/tasks/{task}/completion", {"values": values})[0]))
        return found[0], time

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(answer, clients, [task.id for task in tasks]))


def _dispatch(server: Web) -> Figure:
    """All forty items opened by one completion; the first warms the processes up."""
    world, values = server.bench.world, []
    for _ in range(1 + PLANNINGS):
        stage_case = server.bench.stage_case(wide.PROCESS_TYPE)
        world.drive(stage_case, until="dispatch")
        [task] = world.tasks(stage_case, "dispatch")
        client = server.client(world.worker(task))
        client.must("GET", "/sessions/current")
        form = world.values(task)
        values.append(seconds(partial(client.complete, task.id, form)) * 1e3)
        opened = world.scalar("SELECT count(*) FROM item_cases WHERE stage_case_id = :id", id=stage_case)
        assert opened == wide.WIDTH, opened
    note = f"{PLANNINGS} 次，每次转办四十个事项；冷启动的一次 {values[0]:.0f} ms"
    return Figure("dispatch_40", statistics.median(values[1:]), "ms", 100, at_most=True, note=note)
