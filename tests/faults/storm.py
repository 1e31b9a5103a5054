"""Kills in every window, restarts and jumps of time while people work; then what must be true of it all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle

from audit.report import verify_database
from cases.claims import LEASE
from tests.faults.kills import WINDOWS, Killer
from tests.faults.load import Load
from tests.faults.rig import Rig, came, rig

WORK_PER_KILL = 5
PLAYS_PER_KILL = 2
WINDOWS_BETWEEN_RESTARTS = 7
SECONDS_TO_SETTLE = 420.0
PAST_THE_LEASE = f"SELECT interval '{LEASE.total_seconds() + 1} seconds'"
WEEKEND = "SELECT interval '62 hours'"

UNFIRED = (
    "SELECT count(*) FROM due_rows WHERE fired_at IS NULL AND cancelled_at IS NULL AND NOT held"
    " AND due_at < platform_now() AND NOT provisional"
)
UNTRIED = "SELECT count(*) FROM outbox WHERE delivered_at IS NULL AND dead_at IS NULL AND attempts = 0"
CLAIMABLE = f"""
    SELECT count(*) FROM (
        ({UNFIRED} AND (claimed_until IS NULL OR claimed_until < platform_now()))
        UNION ALL ({UNTRIED} AND coalesce(claimed_until, created_at) < platform_now())
    ) AS waiting (number) WHERE number > 0
"""
WRONG = {
    "a limit fired early": "SELECT count(*) FROM due_rows WHERE fired_at <= due_at",
    "a limit fired twice": (
        "SELECT count(*) FROM (SELECT 1 FROM audit_entries JOIN due_rows d ON d.id::text = object_id"
        " WHERE action = 'limit.fire' AND d.kind <> 'hold' GROUP BY object_id HAVING count(*) > 1) AS twice"
    ),
    "a limit fired without a trace": (
        "SELECT count(*) FROM due_rows d WHERE fired_at IS NOT NULL AND NOT EXISTS (SELECT FROM audit_entries a"
        " WHERE a.action = 'limit.fire' AND a.object_id = d.id::text)"
    ),
    "a task done twice": (
        "SELECT count(*) FROM (SELECT 1 FROM audit_entries WHERE action = 'task.complete' GROUP BY object_id"
        " HAVING count(*) > 1) AS twice"
    ),
    "a notice sent twice": (
        "SELECT count(*) FROM (SELECT 1 FROM notices GROUP BY message_id, user_id HAVING count(*) > 1) AS twice"
    ),
    "a colour told twice": (
        "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE topic = 'light' GROUP BY payload HAVING count(*) > 1)"
        " AS twice"
    ),
    "an incident": "SELECT count(*) FROM incidents",
}
DONE = """
    SELECT w.id FROM work_items w WHERE w.id = ANY(%s) AND w.status = 'done'
    AND (SELECT count(*) FROM audit_entries a WHERE a.action = 'task.complete' AND a.object_id = w.id::text) = 1
"""


@dataclass
class Outcome:
    """What was done and what was found; ``wrong`` is empty when nothing was lost, twice or early."""

    kills: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    restarts: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    repeated: int = 0
    fired: int = 0
    entries: int = 0
    wrong: list[str] = field(default_factory=list)


def storm(kills: int) -> Outcome:
    """``kills`` kills spread over all windows, with restarts in between; settle, and look."""
    outcome = Outcome()
    with rig() as platform, Load(platform) as load:
        killer = Killer(platform, load)
        names = cycle(WINDOWS)
        for number in range(1, PLAYS_PER_KILL * kills):
            if outcome.kills.total() >= kills:
                break
            _one(killer, next(names), outcome)
            if number % WINDOWS_BETWEEN_RESTARTS == 0:
                _restart(platform, outcome)
        _settle(platform, load, outcome)
        _judge(platform, load, outcome)
    return outcome


def _one(killer: Killer, name: str, outcome: Outcome) -> None:
    """Kills that land in one window, or a miss that is told."""
    killer.more_work(WORK_PER_KILL)
    landed = WINDOWS[name](killer)
    killer.rig.tend()
    if landed:
        outcome.kills[name] += landed
    else:
        outcome.missed[name] += 1


def _restart(platform: Rig, outcome: Outcome) -> None:
    """Redis empty and away, PostgreSQL away, and a weekend, in turns."""
    turn = outcome.restarts.total() // 2 % 2
    if turn == 0:
        platform.restart_redis()
        outcome.restarts["redis"] += 1
    else:
        platform.restart_postgres(crash=outcome.restarts["postgres"] % 2 == 1)
        outcome.restarts["postgres"] += 1
    platform.tend()
    platform.move_clock(WEEKEND)
    outcome.restarts["weekend"] += 1


def _settle(platform: Rig, load: Load, outcome: Outcome) -> None:
    """Until everybody has an answer and nothing waits; what was lost on the way comes again after its lease."""

    def quiet() -> bool:
        platform.tend()
        if load.answered and not platform.number(UNFIRED) and not platform.number(UNTRIED):
            return True
        if platform.nothing_waits() and not platform.number(CLAIMABLE):
            platform.move_clock(PAST_THE_LEASE)
        return False

    if came(quiet, SECONDS_TO_SETTLE):
        return
    outcome.wrong.append(
        f"never quiet: {platform.number(UNFIRED)} limits, {platform.number(UNTRIED)} messages,"
        f" {len(load.asked) - len(load.acknowledged) - len(load.late) - len(load.refused)} requests"
    )


def _judge(platform: Rig, load: Load, outcome: Outcome) -> None:
    outcome.acknowledged, outcome.repeated = len(load.acknowledged), load.repeated
    outcome.fired = platform.number("SELECT count(*) FROM due_rows WHERE fired_at IS NOT NULL")
    outcome.wrong += [f"refused with {answer}" for answer in load.refused]
    told = [*load.acknowledged, *load.late]
    done = {row[0] for row in platform.rows(DONE, told)}
    outcome.wrong += [f"acknowledged and lost: {task}" for task in told if task not in done]
    report = verify_database(platform.bench.server.url(platform.bench.database), platform.bench.folder)
    outcome.entries = report.entries
    outcome.wrong += [f"audit: {finding.sentence}" for finding in report.findings]
    for what, statement in WRONG.items():
        found = platform.number(statement)
        if found:
            outcome.wrong.append(f"{what}: {found}")
