"""A durable private server with the reference region, and as many live item cases as a measurement wants."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.orm import Session, sessionmaker

from accounts.actor import Actor
from audit.vault import VAULT, Vault
from cases.complete_task import complete_task
from cases.releases import RELEASES, vocabulary
from database import migrate
from database.connect import create_session_factory
from database.transaction import in_transaction
from launcher.postgres import OWNER, PrivatePostgres
from processes.install import Releases
from processes.loader import PACKS, load_files, read_folder
from tests.bench import clones
from tests.bench.wide import widen
from tests.integration.cases.world import World

DATABASE = "bench"
DIAGRAMS = [Path(__file__).with_name(name) for name in ("loop.bpmn", "bench_item.bpmn")]


@dataclass
class BenchWorld:
    """The server, the region on it, and the person who completes the measured tasks."""

    server: PrivatePostgres
    world: World
    vault: Vault
    officer: Actor
    folder: Path
    database: str = DATABASE

    def connect(self) -> psycopg.Connection[Any]:
        """A plain connection as the application role, as the raw reference uses it."""
        connection = psycopg.connect(host=str(self.server.sockets), dbname=self.database, user="binglian_app")
        connection.prepare_threshold = 5
        return connection

    def sessions(self) -> sessionmaker[Session]:
        """Sessions as a process of the platform has them; for another process: call it after the fork."""
        return open_sessions(self.server, self.vault, self.world.sessions.kw["info"][RELEASES], self.database)

    def complete(
        self, sessions: sessionmaker[Session], task: UUID, values: dict[str, Any], officer: Actor | None = None
    ) -> None:
        """The real command, in its transaction."""
        actor = officer or self.officer
        in_transaction(sessions, lambda session: complete_task(session, actor, task, values))

    def stage_case(self, process_type: str = "1", stage: str = "2") -> UUID:
        """A stage case of its own project, for clones."""
        number = self.world.scalar("SELECT count(*) FROM projects")
        return self.world.start(self.world.register(f"2403-210782-04-01-{number:06}"), process_type, stage)

    def clone_items(self, stage_case: UUID, count: int, department: str = "approval") -> list[UUID]:
        """``count`` item cases of the stage case that wait to be received; the ids of the tasks."""
        return self.clone_item_into([stage_case] * count, department)

    def clone_item_into(self, stage_cases: Sequence[UUID], department: str = "approval") -> list[UUID]:
        """An item case that waits to be received in each of the stage cases; the ids of the tasks."""
        data = {"item": self._item(department), "lead": "", "window": ""}
        definitions, release = self.world.release.definitions, self.world.release.id
        return self.copy(clones.Template.start(definitions, "bench_item", data, release), stage_cases, with_case=True)

    def clone_loops(self, stage_case: UUID, count: int, steps: int) -> list[UUID]:
        """``count`` instances that ask for one task again and again, and did ``steps`` times; the ids of the tasks."""
        definitions, release = self.world.release.definitions, self.world.release.id
        template = clones.Template.start(definitions, "loop", {"department": self._item()["department"]}, release)
        for _ in range(steps):
            template = template.then(definitions, {"decision": "accept"})
        return self.copy(template, [stage_case] * count, with_case=False)

    def copy(self, template: clones.Template, stage_cases: Sequence[UUID], *, with_case: bool) -> list[UUID]:
        """Clones of a template."""
        with self.connect() as connection:
            return clones.copy(connection, template, stage_cases, with_case=with_case)

    def clone_stage_cases(self, stage_case: UUID, count: int) -> list[UUID]:
        """Further stage cases of the same engineering, each in a stage of its own."""
        with self.connect() as connection:
            rows = connection.execute(
                "INSERT INTO stage_cases (id, region_code, engineering_id, stage, process_type, channel, release_id,"
                " applicant_id, lead_id, window_id, opened_by, opened_at)"
                " SELECT gen_random_uuid(), region_code, engineering_id, gen_random_uuid(), process_type, channel,"
                " release_id, applicant_id, lead_id, window_id, opened_by, opened_at"
                " FROM stage_cases, generate_series(1, %s) WHERE id = %s RETURNING id",
                (count, stage_case),
            ).fetchall()
            connection.commit()
        return [row[0] for row in rows]

    def _item(self, department: str = "approval") -> dict[str, Any]:
        return {
            "code": "X",
            "name": "测量用事项",
            "department": str(self.world.organisations[department]),
            "main": True,
            "limit": "5WD",
            "pledge": False,
            "predecessors": [],
        }

    def twin(self, name: str) -> BenchWorld:
        """The same world in a database of its own, to fill otherwise."""
        self.world.sessions.kw["bind"].dispose()
        self.server.create_database(name, template=self.database)
        sessions = open_sessions(self.server, self.vault, self.world.sessions.kw["info"][RELEASES], name)
        return replace(
            self, world=replace(self.world, sessions=sessions, people=dict(self.world.people)), database=name
        )

    def analyse(self) -> None:
        """What autovacuum does sooner or later."""
        with self.server.connect(self.database) as connection:
            connection.execute("VACUUM ANALYZE")


def open_sessions(
    server: PrivatePostgres, vault: Vault, releases: Releases, database: str = DATABASE
) -> sessionmaker[Session]:
    """Sessions on a measured database."""
    return create_session_factory(server.url(database), info={VAULT: vault, RELEASES: releases})


@contextmanager
def bench_world(prepare: Callable[[str], None] | None = None, settings: tuple[str, ...] = ()) -> Iterator[BenchWorld]:
    """A durable server of its own, gone at the end; ``prepare`` gets the owner's address of the empty database.

    ``settings`` are further settings of the server.
    """
    with tempfile.TemporaryDirectory(prefix="binglian-bench-") as name:
        folder = Path(name)
        with PrivatePostgres(folder / "data", durable=True, connections=60, settings=settings) as server:
            server.create_database(DATABASE)
            migrate.upgrade(server.url(DATABASE, OWNER), server.url(DATABASE))
            if prepare is not None:
                prepare(server.url(DATABASE, OWNER))
            vault = Vault.open(folder / "keys")
            files = {**widen(read_folder(PACKS / "beizhen")), **{path.name: path.read_bytes() for path in DIAGRAMS}}
            release = load_files(files, vocabulary())
            releases = Releases(vocabulary())
            releases.add(release)
            sessions = open_sessions(server, vault, releases)
            world = World.install(sessions, release, None)
            officer = world.person("approval", "officer")
            yield BenchWorld(server, world, vault, officer, folder)
            sessions.kw["bind"].dispose()
