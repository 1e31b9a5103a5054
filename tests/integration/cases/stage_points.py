"""The points of a stage at which a random play may begin: each a database that is made once and copied for a play.

The clock of these databases stands until somebody moves it, so that a story plays the same however fast it is played.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from audit.vault import VAULT, Vault
from cases.releases import RELEASES, vocabulary
from cases.start_stage_case import start_stage_case
from database.clock import current_time
from database.connect import create_session_factory
from launcher.postgres import PrivatePostgres
from processes.install import Releases
from processes.release import Release
from tests.conftest import TEMPLATE, Database, clone
from tests.integration.cases.stage_play import Play
from tests.integration.cases.world import OPINION, World

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # ten o'clock in the region
CHAIN = ("planning", "intake", "review", "handling", "completing", "next")
POINTS = (*CHAIN, "online")
WORDS = {
    "planning": "征求策划意见",
    "online": "网上申请，等待接收",
    "intake": "窗口收取材料",
    "review": "已转办，各事项审核",
    "handling": "各事项办理",
    "completing": "主流程事项已办结",
    "next": "上一阶段已办结，施工许可阶段收取材料",
}
# Two main-line items, for 015 between them is not asked; 010 may be decided on a pledge.
REQUIRED = ("061", "062", "049", "005", "063", "010")
REQUIRED_NEXT = ("047", "044", "056")
PLEDGED, FIRST, MAIN = "010", "061", ("062", "049")
STAND_STILL = """
    CREATE OR REPLACE FUNCTION platform_now() RETURNS timestamptz
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN timestamptz '2000-01-01 00:00:00+00' + (SELECT shift FROM clock_offset)
"""


@dataclass
class Point:
    """A database in which stage cases stand at some point; the last of them is the one to play."""

    name: str
    world: World
    stage_cases: list[UUID]


class Points:
    """Makes the points when they are first asked for, one from the other; ``close()`` drops them."""

    def __init__(self, postgres: PrivatePostgres, release: Release, vault: Vault) -> None:
        self.postgres, self.release, self.vault = postgres, release, vault
        self.made: dict[str, Point] = {}

    def close(self) -> None:
        """Drop the databases."""
        for point in self.made.values():
            self.postgres.drop_database(point.name)

    def open(self, name: str, after: ExitStack, tell: Callable[[str], None]) -> list[Play]:
        """A copy of a point to play on, until ``after`` is closed, which leaves nothing behind."""
        point = self.make(name)
        world = self._copy(point, after)
        return [Play(world, stage_case, tell) for stage_case in point.stage_cases]

    def make(self, name: str) -> Point:
        if name not in self.made:
            with ExitStack() as after:  # nobody may be connected to a database that is copied
                self.made[name] = self._make(name, after)
        return self.made[name]

    def _make(self, name: str, after: ExitStack) -> Point:
        if name in ("planning", "online"):
            database = clone(self.postgres, TEMPLATE)
            with database.connect(database.superuser_url) as connection:
                connection.execute(text(STAND_STILL))
                connection.execute(text("GRANT UPDATE ON clock_offset TO PUBLIC"))
            database.set_clock(MONDAY)
            world = World.install(self._sessions(database, after), self.release, database)
            return Point(database.name, world, [begin(world, online=name == "online")])
        before = self.make(CHAIN[CHAIN.index(name) - 1])
        database = clone(self.postgres, before.name)
        world = self._world(before, database, after)
        cases = list(before.stage_cases)
        bring(world, cases, name)
        return Point(database.name, world, cases)

    def _copy(self, point: Point, after: ExitStack) -> World:
        database = clone(self.postgres, point.name)
        after.callback(self.postgres.drop_database, database.name)
        return self._world(point, database, after)

    def _world(self, point: Point, database: Database, after: ExitStack) -> World:
        return point.world.copy(self._sessions(database, after), database)

    def _sessions(self, database: Database, after: ExitStack) -> Any:
        """Sessions as a process of the platform has them."""
        releases = Releases(vocabulary())
        releases.add(self.release)
        factory = create_session_factory(database.url, info={VAULT: self.vault, RELEASES: releases}, pool_size=4)
        after.callback(factory.kw["bind"].dispose)
        return factory


def begin(world: World, *, online: bool) -> UUID:
    """The first stage case of the project."""
    if not online:
        return world.start()
    engineering, applicant = world.register(), world.person("demo_applicant", "applicant")
    details: dict[str, Any] = {"engineering_id": engineering, "stage": "2", "process_type": "1", "channel": "online"}
    return world.run(lambda session: start_stage_case(session, applicant, now=current_time(session), **details).id)


def bring(world: World, stage_cases: list[UUID], to: str) -> None:
    """From the point before to the next one."""
    play = Play(world, stage_cases[-1])
    play.wait(timedelta(hours=1))
    match to:
        case "intake":
            answer(play, REQUIRED)
        case "review":
            world.drive(play.stage_case, until="review")
        case "handling":
            work_on(play, FIRST)  # the others are accepted after it
            for code in REQUIRED:
                work_on(play, code, until="handle")
        case "completing":
            for code in MAIN:
                work_on(play, code)
        case "next":
            work_on(play, PLEDGED)
            done(play, "complete")
            engineering = world.scalar("SELECT engineering_id FROM stage_cases WHERE id = :id", id=play.stage_case)
            stage_cases.append(world.start(engineering, stage="3"))
            answer(Play(world, stage_cases[-1]), REQUIRED_NEXT)


def answer(play: Play, required: tuple[str, ...]) -> None:
    """Planning ends with these items; the materials are to be brought."""
    for task in play.tasks("answer"):
        conclusion = "required" if task.code in required else "not_required"
        play.world.complete(task, {**OPINION, "conclusion": conclusion})
    play.world.drive(play.stage_case, until="scan")


def work_on(play: Play, code: str, until: str | None = None) -> None:
    """Complete the tasks of an item up to ``until``; the one that may be is accepted on a pledge."""
    for _ in range(6):
        task = next((found for found in play.tasks() if found.code == code and found.process_kind != "promise"), None)
        if task is None or task.element_id == until:
            return
        done(play, task.element_id, code)


def done(play: Play, element: str, code: str | None = None) -> None:
    """Complete one task, as people usually do."""
    task = next(found for found in play.tasks(element) if found.code == code)
    play.world.complete(task, play.values(task, way=1 if (element, code) == ("accept", PLEDGED) else 0))
