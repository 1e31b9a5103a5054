"""A whole project of process type 1 through its four stages over HTTP, as ``./bl demo --story project`` plays it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from demo.accounts import read_accounts
from demo.choices import tell_project
from demo.telling import Teller
from features.steps.cast import Cast
from launcher.system import Plan, Platform
from tests.bench.bench_world import BenchWorld
from tests.bench.figures import Figure, seconds

MOST_SECONDS = 60  # some six hundred requests, one after another, at the tenth of a second that people do not notice


def figures(bench: BenchWorld) -> Iterator[Figure]:
    """``project_four_stages`` on a whole platform of its own with its workers; its database is not crash-safe."""
    with tempfile.TemporaryDirectory(prefix="binglian-bench-project-") as folder:
        data = Path(folder)
        with Platform(Plan(data, port=0, workers=1, throw_away=True), lambda text: None) as platform:
            cast, teller = Cast(platform.url, read_accounts(data)), Teller()
            with redirect_stdout(StringIO()):
                value = seconds(lambda: tell_project(cast, teller))
    requests = sum(person.requests for person in cast.signed_in.values())
    note = f"{requests} 个请求，{len(cast.signed_in)} 个人，{teller.steps} 步"
    yield Figure("project_four_stages", value, "s", MOST_SECONDS, at_most=True, note=note)
