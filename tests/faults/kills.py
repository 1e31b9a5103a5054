"""``kill -9`` in each window, placed by what the database and the queue show, never by a hook in the product.

Before a commit the act is held up by a lock on its row; after the commit and before what follows, by a standby that
never answers or a Redis that takes no writes. Each returns how many kills landed where they should.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from redis import RedisError

from tests.faults.load import Load
from tests.faults.rig import SCANS, WEB, WORKERS, Rig, came, children_of
from timers import jobs, queues

BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid)) AND query LIKE %s"
AT_COMMIT = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'binglian_app' AND wait_event = 'SyncRep'"
STATUS = "SELECT count(*) FROM work_items WHERE id = %s AND status = 'done'"
WAITING = "SELECT count(*) FROM due_rows WHERE stage_case_id = %s AND kind = 'timer' AND due_at < platform_now()"
UNFIRED = f"{WAITING} AND fired_at IS NULL AND cancelled_at IS NULL"
CLAIMED = f"{UNFIRED} AND claimed_until > platform_now()"
FIRED = "SELECT count(*) FROM due_rows WHERE id = %s AND fired_at IS NOT NULL"
A_TIMER = "SELECT id FROM due_rows WHERE stage_case_id = %s AND kind = 'timer' AND fired_at IS NULL ORDER BY id LIMIT 1"
INSTANCE_OF_TASK = """
    SELECT 1 FROM process_instances WHERE id = (SELECT instance_id FROM work_items WHERE id = %s) FOR UPDATE
"""
INSTANCE_OF_LIMIT = """
    SELECT 1 FROM process_instances WHERE id = (SELECT instance_id FROM due_rows WHERE id = %s) FOR UPDATE
"""
PAUSE_MILLISECONDS = 20_000
SHORT = 30.0


@dataclass
class Killer:
    """Whoever kills."""

    rig: Rig
    load: Load
    turn: int = 0
    stage_case: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.stage_case = self.rig.bench.stage_case()

    def web_before_commit(self) -> int:
        """A request computes and cannot write yet."""
        rig, [task] = self.rig, self._tasks(1)
        with self._locked(INSTANCE_OF_TASK, task) as blocked:
            self.load.give([task])
            landed = came(blocked, SHORT)
            rig.kill(WEB, children_only=self._often())
        return landed

    def web_after_commit(self) -> int:
        """The transaction stands on the disk, its answer has not left."""
        rig, [task] = self.rig, self._tasks(1)
        with rig.held(*SCANS, *WORKERS):
            if not came(lambda: not rig.number(AT_COMMIT) and not self._busy_horses(), SHORT):
                return False
            with no_commit_returns(rig):
                self.load.give([task])
                landed = came(lambda: rig.number(AT_COMMIT) or task in self.load.acknowledged, SHORT)
                landed = landed and task not in self.load.acknowledged
                rig.kill(WEB, children_only=self._often())
            return landed and came(lambda: rig.number(STATUS, task), SHORT)

    def scan_before_commit(self) -> int:
        """The claim waits for the table."""
        rig = self.rig
        with rig.held(*SCANS):
            rig.make_due()
            with self._locked("LOCK TABLE due_rows IN SHARE MODE") as blocked:
                rig.release(*SCANS)
                landed = came(lambda: blocked("%SET claimed_until%") == len(SCANS), SHORT)
                rig.kill(SCANS)
        return landed * len(SCANS)

    def scan_before_enqueue(self) -> int:
        """Rows are claimed, Redis does not take them."""
        rig = self.rig
        with rig.held(*SCANS):
            stage_case = rig.make_due()
            if not came(lambda: self._length() == 0, SHORT):
                return False
            with no_redis_writes(rig):
                rig.release(SCANS[0])
                landed = came(lambda: rig.number(CLAIMED, stage_case), SHORT)
                rig.kill(SCANS[:1])
                landed = landed and self._length() == 0
        return landed

    def scan_after_enqueue(self) -> int:
        """The job waits, nobody has taken it."""
        rig = self.rig
        with rig.held(SCANS[1], *WORKERS):
            rig.make_due()
            landed = came(self._length, SHORT)
            rig.kill(SCANS[:1])
        return landed

    def worker_before_run(self) -> int:
        """The job waits when the workers go."""
        rig = self.rig
        with rig.held(*WORKERS):
            rig.make_due()
            landed = came(self._length, SHORT)
            rig.kill(WORKERS)
            return (landed and self._length() > 0) * len(WORKERS)

    def worker_before_commit(self) -> int:
        """A limit fires and cannot write yet."""
        rig = self.rig
        with rig.held(*SCANS):
            stage_case = rig.make_due()
            with self._locked(INSTANCE_OF_LIMIT, self._a_timer(stage_case)) as blocked:
                rig.release(*SCANS)
                landed = came(blocked, SHORT)
                rig.kill(WORKERS, children_only=self._often())
        return landed

    def worker_before_acknowledge(self) -> int:
        """A limit has fired, Redis does not hear that its job is done; afterwards such a job comes twice more."""
        rig = self.rig
        with rig.held(*SCANS):
            stage_case = rig.make_due()
            due = self._a_timer(stage_case)
            with self._locked(INSTANCE_OF_LIMIT, due) as blocked:
                rig.release(*SCANS)
                running = came(blocked, SHORT)
                rig.redis.client_pause(PAUSE_MILLISECONDS, all=False)
            try:
                landed = running and came(lambda: rig.number(FIRED, due), SHORT)
                rig.kill(WORKERS, children_only=self._often())
            finally:
                rig.redis.client_unpause()
        self.deliver_again(stage_case)
        return landed

    def deliver_again(self, stage_case: UUID) -> None:
        """Two more jobs with limits that have fired."""
        ids = [row[0] for row in self.rig.rows("SELECT id FROM due_rows WHERE stage_case_id = %s", stage_case)]
        for _ in range(2):
            queues.enqueue_ids(self.rig.redis, queues.DUE, jobs.FIRE_DUE, ids)

    def _tasks(self, count: int) -> list[UUID]:
        return self.rig.bench.clone_items(self.stage_case, count)

    def more_work(self, count: int) -> None:
        """Something to do for the people while it happens."""
        self.load.give(self._tasks(count))

    def _often(self) -> bool:
        """Mostly only what serves is killed, each fourth time what keeps it too."""
        self.turn += 1
        return self.turn % 4 != 0

    def _length(self) -> int:
        try:
            return queues.queue(self.rig.redis, queues.DUE).count
        except RedisError:
            return 0

    def _busy_horses(self) -> bool:
        return any(children_of(self.rig.running[name].pid) for name in WORKERS)

    def _a_timer(self, stage_case: UUID) -> UUID:
        [(due,)] = self.rig.rows(A_TIMER, stage_case)
        assert isinstance(due, UUID)
        return due

    @contextmanager
    def _locked(self, statement: str, *values: object) -> Iterator[Callable[..., int]]:
        """Hold what a statement locks; yields how many wait for it, those with a query like this."""
        with self.rig.superuser() as connection, connection.transaction():
            connection.execute(statement, values)
            yield lambda query="%": self.rig.number(BLOCKED, connection.info.backend_pid, query)


@contextmanager
def no_commit_returns(rig: Rig) -> Iterator[None]:
    """A commit is on the disk and waits for a standby that there is not."""
    with rig.superuser() as connection:
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        connection.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
            connection.execute("SELECT pg_reload_conf()")


@contextmanager
def no_redis_writes(rig: Rig) -> Iterator[None]:
    """Redis answers who reads and keeps who writes waiting."""
    rig.redis.client_pause(PAUSE_MILLISECONDS, all=False)
    try:
        yield
    finally:
        rig.redis.client_unpause()


WINDOWS: dict[str, Callable[[Killer], int]] = {
    "web: before commit": Killer.web_before_commit,
    "web: commit to answer": Killer.web_after_commit,
    "scan: before commit": Killer.scan_before_commit,
    "scan: commit to enqueue": Killer.scan_before_enqueue,
    "scan: enqueue to run": Killer.scan_after_enqueue,
    "worker: enqueue to run": Killer.worker_before_run,
    "worker: before commit": Killer.worker_before_commit,
    "worker: run to acknowledge": Killer.worker_before_acknowledge,
}
