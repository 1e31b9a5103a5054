"""Who may start a stage over the counter: its lead department and its window, or any window where the pack says so."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.orm import Session, sessionmaker

from cases.releases import RELEASES, vocabulary
from errors import NotAllowed
from processes.loader import PACKS, load_files, read_folder
from processes.release import Release
from tests.conftest import Database
from tests.integration.cases.world import World

HOUSING = ("housing_window", "window_clerk")


def window_of(world: World, actor: tuple[str, str]) -> str:
    """The window that takes in what this person starts."""
    case = world.start(actor=world.person(*actor))
    found = world.scalar("SELECT window_id FROM stage_cases WHERE id = :case", case=case)
    return world.code_of(found)


@pytest.mark.parametrize(
    "actor", [("natural_resources_window", "window_clerk"), ("natural_resources", "lead_officer")], ids=str
)
def test_the_lead_department_and_its_window_start_a_stage(world: World, actor: tuple[str, str]) -> None:
    assert window_of(world, actor) == "natural_resources_window"


@pytest.mark.parametrize("actor", [HOUSING, ("housing", "lead_officer")], ids=str)
def test_another_window_and_another_lead_are_sent_to_the_right_window(world: World, actor: tuple[str, str]) -> None:
    with pytest.raises(NotAllowed, match="北镇市自然资源局综合受理窗口") as refused:
        window_of(world, actor)
    assert refused.value.code == "not_the_lead"
    assert world.scalar("SELECT count(*) FROM stage_cases") == 0


def test_where_any_window_may_the_one_that_starts_takes_in(
    sessions: sessionmaker[Session], release: Release, database: Database
) -> None:
    files = read_folder(PACKS / "beizhen")
    pack = re.sub(rb"(?m)^any = false$", b"any = true", files["pack.toml"])
    open_everywhere = load_files({**files, "pack.toml": pack}, vocabulary())
    assert open_everywhere.any_window
    sessions.kw["info"][RELEASES].add(open_everywhere)
    world = World.install(sessions, open_everywhere, database)
    assert window_of(world, HOUSING) == "housing_window"
