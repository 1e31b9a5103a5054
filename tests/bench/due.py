"""Limits that pass: one by one against the raw database, at once, found in a million; and a stage frozen."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from functools import partial
from itertools import product
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from cases.claims import claim_due_rows
from cases.fire_due import fire_due
from cases.models import WorkItem
from cases.resume_item import resume_item
from cases.suspend_item import suspend_item
from database.clock import current_time
from database.transaction import in_transaction
from tests.bench import complete, wide
from tests.bench.bench_world import BenchWorld
from tests.bench.figures import Figure, interleaved, seconds
from tests.faults.rig import came, running

STAGE_CASES = 60
AT_ONCE, SECONDS_AT_MOST = 10_000, 60
ROWS, DUE, LOOKS = 1_000_000, 100, 40
GROUNDS: dict[str, Any] = {"procedure": "experts", "reason": "方案复杂", "basis": "实施细则第六条"}

PASSED = "UPDATE due_rows SET started_at = started_at - interval '90 days', due_at = platform_now() - interval '1 hour'"
UNLIT_AND_CURRENT = """
    yellow_at = NULL, light_at = NULL, calendar_version = (SELECT coalesce(max(version), 0) FROM calendar_notices)
"""
UNFIRED = "SELECT count(*) FROM due_rows WHERE fired_at IS NULL AND due_at < platform_now()"
FILL = """
    INSERT INTO due_rows (id, instance_id, task_id, element_id, kind, limit_text, started_at, due_at, yellow_at,
        light_at, stage_case_id, region_code)
    SELECT gen_random_uuid(), i.id, gen_random_uuid(), 'decision', 'task', '5WD', platform_now(),
        platform_now() + CASE WHEN n <= %(due)s THEN interval '-1 hour' ELSE interval '1 day' + n * interval '20 s' END,
        platform_now() + interval '1 day', platform_now() + interval '1 day', i.stage_case_id, s.region_code
    FROM generate_series(1, %(rows)s) n,
        (SELECT id, stage_case_id FROM process_instances LIMIT 1) i,
        (SELECT region_code FROM stage_cases LIMIT 1) s
"""
TIMERS = "kind = 'timer' AND fired_at IS NULL AND cancelled_at IS NULL AND NOT held"
AGAIN = "UPDATE due_rows SET claimed_until = NULL WHERE claimed_until IS NOT NULL"


def figures(bench: BenchWorld) -> Iterator[Figure]:
    """``due_fired_vs_raw``, ``suspend_stage_40``, ``scan_1M_100_due``, ``due_10000_at_once``."""
    twin = bench.twin("bench_due")
    yield _fired(twin)
    yield _suspended(twin)
    yield _scanned(bench.twin("bench_scan"))
    yield _at_once(bench.twin("bench_at_once"))


def _fired(bench: BenchWorld) -> Figure:
    """Timers that move their diagram on, one after another, in turns with the raw transaction."""
    complete.make_raw_tables(bench)
    for _ in range(STAGE_CASES):
        bench.stage_case()
    with bench.server.connect(bench.database) as connection:
        connection.execute(f"{PASSED} WHERE {TIMERS}")
        due = [row[0] for row in connection.execute(f"SELECT id FROM due_rows WHERE {TIMERS} ORDER BY id")]
    bench.analyse()
    sessions = bench.sessions()
    with bench.connect() as connection:
        pairs = [(complete.raw(connection), partial(_fire, sessions, each)) for each in due]
        raw, fired = interleaved(pairs)
    sessions.kw["bind"].dispose()
    note = f"裸写 {raw * 1e3:.2f} ms，到期处理 {fired * 1e3:.2f} ms，{len(due)} 个"
    return Figure("due_fired_vs_raw", raw / fired, "ratio", 1 / 3, note=note)


def _fire(sessions: sessionmaker[Session], due_id: UUID) -> None:
    assert in_transaction(sessions, lambda session: fire_due(session, due_id))


def _suspended(bench: BenchWorld) -> Figure:
    """Each main-line item of a stage of forty in its turn, and back."""
    world = bench.world
    stage_case = bench.stage_case(wide.PROCESS_TYPE)
    world.drive(stage_case, until="review")
    for task, step in product(world.tasks(stage_case, "review"), ("review", "accept")):
        [own] = [each for each in world.tasks(stage_case, step) if each.item_case_id == task.item_case_id]
        world.complete(own, world.values(own))
    handled = world.tasks(stage_case)
    assert len(handled) == wide.WIDTH, len(handled)
    bench.analyse()
    main = [task for task in handled if _is_main(bench, task)]
    _suspend(bench, main[0])  # the statements are compiled once in a process
    took = [_suspend(bench, task) for task in main]
    note = f"{len(took)} 次的中位数，最慢 {max(took) * 1e3:.1f} ms"
    return Figure("suspend_stage_40", statistics.median(took) * 1e3, "ms", 50, at_most=True, note=note)


def _is_main(bench: BenchWorld, task: WorkItem) -> bool:
    return bool(bench.world.scalar("SELECT main FROM item_cases WHERE id = :id", id=task.item_case_id))


def _suspend(bench: BenchWorld, task: WorkItem) -> float:
    world, item_case_id = bench.world, task.item_case_id
    assert item_case_id is not None
    who = world.person(task.organisation_id, "officer")

    def suspend(session: Session) -> Any:
        return suspend_item(session, who, item_case_id, **GROUNDS)

    taken = seconds(lambda: world.run(suspend))
    running_on = "SELECT count(*) FROM due_rows d JOIN process_instances p ON p.id = d.instance_id"
    left = world.scalar(
        f"{running_on} WHERE p.stage_case_id = :id AND p.item_case_id IS NOT NULL AND d.kind <> 'procedure'"
        " AND NOT d.held AND d.cancelled_at IS NULL AND d.fired_at IS NULL",
        id=task.stage_case_id,
    )
    assert left == 0, f"{left} limits of a frozen stage run on"
    world.run(lambda session: resume_item(session, who, item_case_id, evidence="专家论证意见"))
    return taken


def _scanned(bench: BenchWorld) -> Figure:
    """One look of the scan: the claim of what is due, committed."""
    bench.stage_case()
    with bench.server.connect(bench.database) as connection:
        connection.execute("DELETE FROM due_rows")
        connection.execute(FILL.replace("%(rows)s", str(ROWS)).replace("%(due)s", str(DUE)))
    bench.analyse()
    sessions, took = bench.sessions(), []
    with bench.server.connect(bench.database) as connection:
        for _ in range(LOOKS):
            took.append(seconds(partial(_claim, sessions)))
            connection.execute(AGAIN)
    sessions.kw["bind"].dispose()
    note = f"{LOOKS} 次的中位数，最慢 {max(took) * 1e3:.1f} ms"
    return Figure("scan_1M_100_due", statistics.median(took) * 1e3, "ms", 5, at_most=True, note=note)


def _claim(sessions: sessionmaker[Session]) -> None:
    claimed = in_transaction(sessions, lambda session: claim_due_rows(session, 1_000, current_time(session)))
    assert len(claimed) == DUE, len(claimed)


def _at_once(bench: BenchWorld) -> Figure:
    """Real scanners and two workers, from the instant of the due until the last limit was acted on."""
    bench.clone_loops(bench.stage_case(), AT_ONCE, 0)
    bench.analyse()
    with running(bench) as rig:
        with rig.superuser() as connection:
            passed = connection.execute(f"{PASSED}, {UNLIT_AND_CURRENT} WHERE element_id = 'work'").rowcount
        assert passed == AT_ONCE, passed
        began = perf_counter()
        came(lambda: not rig.number(UNFIRED), SECONDS_AT_MOST * 2, look_every=0.5)  # to look costs them time
        taken = perf_counter() - began
        left = rig.number(UNFIRED)
    note = f"2 个工作进程，余 {left} 个"
    return Figure(
        "due_10000_at_once", taken if not left else float("inf"), "s", SECONDS_AT_MOST, at_most=True, note=note
    )
