"""The order of the stages that a pack declares, and what one stage hands on to the next."""

from __future__ import annotations

from uuid import UUID

import pytest

from cases.models import StageCase
from cases.releases import vocabulary
from cases.stage_order import earlier_stages, results_of
from errors import Conflict
from processes.loader import PACKS, load_files, read_folder
from processes.release import Release
from tests.integration.cases.test_refused_items import REFUSAL
from tests.integration.cases.world import World

FILE = "process_types.toml"
PASSED = "SELECT count(*) FROM stage_materials WHERE stage_case_id = :id AND status = 'passed'"


@pytest.fixture(scope="module")
def release() -> Release:
    """The reference pack of a city that wants the first stage completed before the second begins."""
    files = dict(read_folder(PACKS / "beizhen"))
    ordered = files[FILE].decode().replace('limit = "21WD"', 'limit = "21WD"\nafter = "1"', 1)
    return load_files({**files, FILE: ordered.encode()}, vocabulary())


def test_a_stage_waits_for_the_one_that_the_pack_puts_before_it(world: World) -> None:
    engineering = world.register()
    with pytest.raises(Conflict, match="“立项用地规划许可”阶段尚未办结，不能发起“工程建设许可”"):
        world.start(engineering, stage="2")
    first = world.start(engineering, stage="1")
    with pytest.raises(Conflict, match="尚未办结"):
        world.start(engineering, stage="2")
    world.drive(first)

    second = world.start(engineering, stage="2")

    assert world.scalar("SELECT status FROM stage_cases WHERE id = :id", id=second) == "open"
    assert world.scalar("SELECT count(*) FROM stage_cases") == 2


def test_a_stage_that_the_pack_puts_after_none_may_begin_at_once(world: World) -> None:
    world.start(stage="1")

    assert world.scalar("SELECT count(*) FROM stage_cases") == 1


def test_the_results_of_a_completed_stage_are_the_base_of_the_next(world: World) -> None:
    engineering = world.register()
    first = world.start(engineering, stage="1")
    world.drive(first)
    second = world.start(engineering, stage="2")

    with world.sessions() as session:
        (earlier,) = session.scalars(earlier_stages(session.get_one(StageCase, second))).all()
        results = session.execute(results_of([earlier.id])).all()

    assert (earlier.id, earlier.completion) == (first, {"information": "建设工程规划许可证已核发", "document": None})
    approved = {row.item_code for row in world.rows("SELECT item_code FROM item_cases WHERE status = 11")}
    assert {row.item_code for row in results} == approved
    assert all(row.result_number for row in results)


def test_after_a_void_the_new_stage_case_reuses_what_is_on_file(world: World) -> None:
    engineering = world.register()
    world.drive(world.start(engineering, stage="1"))
    void = world.start(engineering, stage="2")
    world.drive(void, until="review")
    brought = world.scalar(
        "SELECT count(*) FROM stage_materials WHERE stage_case_id = :id AND status = 'passed'", id=void
    )
    approve_and_refuse(world, void)
    assert world.scalar("SELECT status FROM stage_cases WHERE id = :id", id=void) == "void"

    again = world.start(engineering, stage="2")
    world.drive(again, until="scan")

    reused = world.scalar(
        "SELECT count(*) FROM stage_materials WHERE stage_case_id = :id AND status = 'passed'", id=again
    )
    assert brought > 0
    assert reused >= brought
    asked = world.scalar("SELECT candidates FROM plannings WHERE stage_case_id = :id", id=again)
    assert {entry["code"] for entry in asked if entry["on_file"]} == {"061"}


def approve_and_refuse(world: World, stage_case: UUID) -> None:
    """061 is approved, then the main-line item 062 is refused."""
    for code, last in (("061", None), ("062", REFUSAL)):
        for number in range(3):
            case = "SELECT id FROM item_cases WHERE stage_case_id = :stage AND item_code = :code"
            item = world.scalar(case, stage=stage_case, code=code)
            task = next(found for found in world.tasks(stage_case) if found.item_case_id == item)
            values = world.values(task)
            world.complete(task, last if last and number == 2 else values)
