"""What people read all day among 200,000 rows: a page of the to-do list, and projects by two characters."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from tests.bench.bench_world import BenchWorld
from tests.bench.figures import Figure, seconds
from tests.bench.requests import percentile
from tests.bench.web import web

ROWS, TEMPLATES = 200_000, 40
TIMES, WARM = 300, 20
PAGE_MILLISECONDS, SEARCH_MILLISECONDS = 30, 50
WORDS = ("闾山", "小学", "项目", "供水", "山小", "校舍", "九九")
"""Rare and common ones, one across two words of a name, one that no name holds."""

TASKS = """
    INSERT INTO work_items (id, instance_id, stage_case_id, item_case_id, element_id, name, role, organisation_id, form,
                            guard, status, opened_at)
    SELECT gen_random_uuid(), instance_id, stage_case_id, item_case_id, element_id, name, role, organisation_id, form,
           guard, status, opened_at + number * interval '1 second'
    FROM work_items, generate_series(1, %s) AS number WHERE id = ANY(%s)
"""
PROJECTS = """
    INSERT INTO projects (id, region_code, code, code_kind, fixed_asset_investment, name, applicant_id, credit_code,
                          address, scale, registered_by, registered_at)
    SELECT gen_random_uuid(), region_code, 'L' || lpad(number::text, 12, '0'), 'local', false,
           (ARRAY['广宁','闾山','大市','罗罗堡','常兴','正安','中安','廖屯'])[1 + number %% 8]
           || (ARRAY['小学','中学','供水','道路','住宅','医院','公园','厂房','仓库','桥梁','粮库'])[1 + number %% 11]
           || number || (ARRAY['校舍','改造','扩建','新建','迁建'])[1 + number %% 5] || '项目',
           applicant_id, credit_code, address, scale, registered_by, registered_at + number * interval '1 second'
    FROM (SELECT * FROM projects LIMIT 1) AS one, generate_series(1, %s) AS number
"""


def figures(bench: BenchWorld) -> Iterator[Figure]:
    """``todo_page_p95`` and ``search_p95``, both over HTTP with one web process."""
    templates = bench.clone_items(bench.stage_case(), TEMPLATES)
    with bench.connect() as connection:
        connection.execute(TASKS, (ROWS // TEMPLATES, templates))
        connection.execute(PROJECTS, (ROWS,))
        connection.commit()
    bench.analyse()
    searcher = bench.world.person("business_environment", "supervisor")
    with web(bench, processes=1) as server:
        officer, supervisor = server.client(bench.officer), server.client(searcher)
        times = [seconds(lambda: officer.must("GET", "/tasks?limit=20")) for _ in range(TIMES)]
        value = percentile(times[WARM:], 0.95) * 1e3
        note = f"一个岗位 {ROWS} 个待办，一页 20 个"
        yield Figure("todo_page_p95", value, "ms", PAGE_MILLISECONDS, at_most=True, note=note)
        paths = [f"/projects?limit=20&q={quote(WORDS[number % len(WORDS)])}" for number in range(TIMES)]
        times = [seconds(lambda path=path: supervisor.must("GET", path)) for path in paths]  # type: ignore[misc]
        value = percentile(times[WARM:], 0.95) * 1e3
        note = f"{ROWS} 个项目，两个字 {len(WORDS)} 种"
        yield Figure("search_p95", value, "ms", SEARCH_MILLISECONDS, at_most=True, note=note)
