"""The boards of lights over a million running limits, a tenth of them changed since the last vacuum."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Any

from accounts.actor import Actor
from cases.count_lights import OLDEST, count_lights
from cases.queries.lights import COLOURS, Board, board, counts, instant_of
from database.clock import current_time
from tests.bench.bench_world import BenchWorld
from tests.bench.figures import Figure, seconds

ROWS, STAGE_CASES, PAGE, PAGES_EACH = 1_000_000, 2_000, 51, 25
# One in fifty is red, one in ten yellow, one in twenty stands; some were not told of yet; the rest are green.
FILL = """
    INSERT INTO due_rows (id, instance_id, task_id, element_id, kind, limit_text, started_at, due_at, yellow_at,
        light_at, held, stage_case_id, region_code, organisation_id)
    SELECT gen_random_uuid(), i.id, gen_random_uuid(), 'decision', 'task', '5WD', t.due - interval '7 days', t.due,
        t.due - interval '1 day',
        CASE WHEN t.due < platform_now() THEN NULL WHEN t.due - interval '1 day' > platform_now() OR n % 1000 = 0
            THEN t.due - interval '1 day' ELSE t.due END,
        n % 20 = 0, c.ids[1 + n % %(cases)s], c.region, o.ids[1 + n % cardinality(o.ids)]
    FROM generate_series(1, %(rows)s) n,
        (SELECT id FROM process_instances LIMIT 1) i,
        (SELECT array_agg(id) AS ids, min(region_code) AS region FROM stage_cases) c,
        (SELECT array_agg(id) AS ids FROM organisations WHERE kind = 'department') o,
        LATERAL (SELECT platform_now() + interval '8 hours' * (random() * 33 - 0.7 + n * 0) AS due) t
"""
# changes what is indexed: a row that moves leaves its old entries behind in every index
CHANGE = """
    UPDATE due_rows SET due_at = due_at + interval '1 microsecond' WHERE abs(hashtext(id::text)) % 10 = 0
"""


def figures(bench: BenchWorld) -> Iterator[Figure]:
    """The 95th percentile of a page of any colour, for a supervisor and a department, first pages and later ones."""
    big = bench.twin("bench_lights")
    stage_case = big.stage_case()
    big.clone_stage_cases(stage_case, STAGE_CASES - big.world.scalar("SELECT count(*) FROM stage_cases"))
    cases = big.world.scalar("SELECT count(*) FROM stage_cases")
    with big.server.connect(big.database) as connection:
        connection.execute(FILL.replace("%(cases)s", str(cases)).replace("%(rows)s", str(ROWS)))
    big.analyse()
    with big.server.connect(big.database) as connection:
        connection.execute(CHANGE)
    took = [one for each in _pages(big) for one in each]
    value = statistics.quantiles(took, n=20)[-1] * 1000
    note = f"{len(took)} pages, slowest {max(took) * 1000:.0f} ms"
    yield Figure("lights_page_1M_p95", value, "ms", 100, at_most=True, note=note)
    yield _age(big)


def _pages(big: BenchWorld) -> Iterator[list[float]]:
    supervisor = big.world.person("approval", "supervisor")
    officer = big.world.person("approval", "officer")
    for actor, colour in product((supervisor, officer), COLOURS):
        yield _walk(big, actor, colour)


def _walk(big: BenchWorld, actor: Actor, colour: str) -> list[float]:
    """The first pages of a board, each a request of its own."""
    took = []
    after: tuple[Any, ...] | None = None
    instant = instant_of(colour).key
    for _ in range(PAGES_EACH):
        rows: list[Any] = []
        took.append(seconds(partial(_page, big, actor, Board(colour, after=after), rows)))
        if not rows:
            raise AssertionError(f"no light is {colour}: there is nothing to measure")
        if len(rows) < PAGE:
            break
        after = (getattr(rows[-1], instant), rows[-1].id)
    return took


def _page(big: BenchWorld, actor: Actor, asked: Board, rows: list[Any]) -> None:
    with big.world.sessions() as session:
        rows += session.execute(board(actor, asked, PAGE, current_time(session))).all()


def _age(big: BenchWorld) -> Figure:
    """How old the counts are that somebody gets: those of the last count, or a new one where that is too old."""
    supervisor = big.world.person("approval", "supervisor")

    def ask() -> None:
        with big.world.sessions() as session:
            count_lights(session, current_time(session), OLDEST)
            session.execute(counts(supervisor)).all()
            session.commit()

    first, again = seconds(ask), seconds(ask)
    with big.world.sessions() as session:
        age = (current_time(session) - count_lights(session, current_time(session), OLDEST)).total_seconds()
    note = f"counting takes {first:.2f} s, asking again {again * 1000:.1f} ms"
    return Figure("lights_counts_age", age, "s", OLDEST.total_seconds(), at_most=True, note=note)
