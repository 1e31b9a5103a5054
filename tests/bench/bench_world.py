"""A durable private server with the reference region, and as many live item cases as a measurement wants.

Item cases are cloned: the state of an instance holds no id, and a task's id follows from its instance's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import psycopg
from sqlalchemy.orm import Session, sessionmaker

from accounts.actor import Actor
from audit.vault import VAULT, Vault
from cases.complete_task import complete_task
from cases.releases import RELEASES, vocabulary
from database import migrate
from database.connect import create_session_factory
from database.transaction import in_transaction
from engine import commands, happenings
from engine.snapshot import Snapshot
from launcher.postgres import OWNER, PrivatePostgres
from processes.install import Releases
from processes.loader import PACKS, load_files, read_folder
from tests.bench.wide import widen
from tests.integration.cases.world import World

DATABASE = "bench"
LOOP = Path(__file__).with_name("loop.bpmn")


@dataclass
class BenchWorld:
    """The server, the region on it, and the person who completes the measured tasks."""

    server: PrivatePostgres
    world: World
    vault: Vault
    officer: Actor
    folder: Path

    def connect(self) -> psycopg.Connection[Any]:
        """A plain connection as the application role, as the raw reference uses it."""
        connection = psycopg.connect(host=str(self.server.sockets), dbname=DATABASE, user="binglian_app")
        connection.prepare_threshold = 5
        return connection

    def sessions(self) -> sessionmaker[Session]:
        """Sessions as a process of the platform has them; for another process: call it after the fork."""
        return open_sessions(self.server, self.vault, self.world.sessions.kw["info"][RELEASES])

    def complete(self, sessions: sessionmaker[Session], task: UUID, values: dict[str, Any]) -> None:
        """The real command, in its transaction."""
        in_transaction(sessions, lambda session: complete_task(session, self.officer, task, values))

    def stage_case(self, process_type: str = "1") -> UUID:
        """A stage case of its own project, for clones."""
        number = self.world.scalar("SELECT count(*) FROM projects")
        return self.world.start(self.world.register(f"2403-210782-04-01-{number:06}"), process_type)

    def clone_items(self, stage_case: UUID, count: int) -> list[UUID]:
        """``count`` item cases of the stage case that wait for their acceptance; the ids of the tasks."""
        template = self._template("item_case", {"item": self._item(), "lead": "", "window": ""}, "review")
        outcome = commands.complete(
            self.world.release.definitions,
            {template.snapshot.id: template.snapshot},
            template.snapshot.id,
            template.task,
            {"decision": "accept"},
            perform=lambda call: {},
        )
        opened = next(found for found in outcome.happenings if isinstance(found, happenings.TaskOpened))
        ready = Template(outcome.snapshots[0], opened.task_id, opened)
        return self._copy(ready, stage_case, count, with_case=True)

    def clone_loops(self, stage_case: UUID, count: int) -> list[UUID]:
        """``count`` instances that ask for the same task again and again; the ids of the instances."""
        template = self._template("loop", {"department": self._item()["department"]}, "work")
        tasks = self._copy(template, stage_case, count, with_case=False)
        rows = self.world.rows("SELECT instance_id FROM work_items WHERE id = ANY(:ids)", ids=tasks)
        return [row.instance_id for row in rows]

    def _item(self) -> dict[str, Any]:
        department = str(self.world.organisations["approval"])
        return {
            "code": "X",
            "name": "测量用事项",
            "department": department,
            "main": True,
            "limit": "5WD",
            "pledge": False,
            "predecessors": [],
        }

    def _template(self, process: str, data: dict[str, Any], element: str) -> Template:
        outcome = commands.start(
            self.world.release.definitions,
            {},
            uuid4(),
            process,
            {"stage_case": "", **data},
            release=self.world.release.id,
            perform=lambda call: {},
        )
        opened = next(
            found
            for found in outcome.happenings
            if isinstance(found, happenings.TaskOpened) and found.element_id == element
        )
        return Template(outcome.snapshots[0], opened.task_id, opened)

    def _copy(self, template: Template, stage_case: UUID, count: int, *, with_case: bool) -> list[UUID]:
        snapshot, opened = template.snapshot, template.opened
        token = template.token
        first = self.world.scalar("SELECT count(*) FROM item_cases")
        instances = [uuid4() for _ in range(count)]
        cases = [uuid4() if with_case else None for _ in range(count)]
        tasks = [uuid5(instance, token) for instance in instances]
        with self.connect() as connection, connection.cursor() as cursor:
            now = connection.execute("SELECT platform_now()").fetchone()[0]  # type: ignore[index]
            if with_case:
                with cursor.copy(
                    "COPY item_cases (id, stage_case_id, item_code, name, department_id, main, pledge, predecessors,"
                    " status, history, opened_at) FROM STDIN"
                ) as copy:
                    for number, case in enumerate(cases):
                        copy.write_row(
                            (case, stage_case, f"X{first + number}", "测量用事项", opened.organisation, True, False, [])
                            + (1, [1], now)
                        )
            with cursor.copy(
                "COPY process_instances (id, root_id, process, kind, release_id, status, version, state,"
                " stage_case_id, item_case_id, started_at) FROM STDIN"
            ) as copy:
                for instance, case in zip(instances, cases, strict=True):
                    copy.write_row(
                        (instance, instance, snapshot.process, "item" if with_case else "loop", snapshot.release)
                        + ("active", snapshot.version, snapshot.state, stage_case, case, now)
                    )
            with cursor.copy(
                "COPY work_items (id, instance_id, stage_case_id, item_case_id, element_id, name, role,"
                " organisation_id, form, guard, status, opened_at) FROM STDIN"
            ) as copy:
                for task, instance, case in zip(tasks, instances, cases, strict=True):
                    copy.write_row(
                        (task, instance, stage_case, case, opened.element_id, opened.name, opened.role)
                        + (opened.organisation, opened.form, opened.guard, "open", now)
                    )
        return tasks

    def analyse(self) -> None:
        """What autovacuum does sooner or later."""
        with self.server.connect(DATABASE) as connection:
            connection.execute("VACUUM ANALYZE")


@dataclass(frozen=True)
class Template:
    """One instance that waits in one task."""

    snapshot: Snapshot
    task: UUID
    opened: happenings.TaskOpened

    @property
    def token(self) -> str:
        """The number of the token that waits: the task's id is the instance's id hashed with it."""
        for number in range(1, 1_000):
            if uuid5(self.snapshot.id, str(number)) == self.task:
                return str(number)
        raise AssertionError("a task's id no longer follows from its instance and token")


def open_sessions(server: PrivatePostgres, vault: Vault, releases: Releases) -> sessionmaker[Session]:
    """Sessions on the measured database."""
    return create_session_factory(server.url(DATABASE), info={VAULT: vault, RELEASES: releases})


@contextmanager
def bench_world() -> Iterator[BenchWorld]:
    """A durable server of its own, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="binglian-bench-") as name:
        folder = Path(name)
        with PrivatePostgres(folder / "data", durable=True, connections=60) as server:
            server.create_database(DATABASE)
            migrate.upgrade(server.url(DATABASE, OWNER), server.url(DATABASE))
            vault = Vault.open(folder / "keys")
            files = {**widen(read_folder(PACKS / "beizhen")), "loop.bpmn": LOOP.read_bytes()}
            release = load_files(files, vocabulary())
            releases = Releases(vocabulary())
            releases.add(release)
            sessions = open_sessions(server, vault, releases)
            world = World.install(sessions, release, None)
            officer = world.person("approval", "officer")
            yield BenchWorld(server, world, vault, officer, folder)
            sessions.kw["bind"].dispose()


