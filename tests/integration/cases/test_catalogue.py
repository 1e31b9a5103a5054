"""What the catalogue says about materials, conditions and earlier stages holds while a project goes through them."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Executable, text
from sqlalchemy.orm import Session

from cases.models import WorkItem
from cases.queries.documents import visible_documents
from cases.queries.files import visible_uploads
from errors import Conflict
from files.models import Upload
from tests.integration.cases.world import APPROVAL, World

LAND_PERMIT, ALLOCATION, CONSTRUCTION_PERMIT = "042", "063", "056"


def material(world: World, stage_case: UUID, name: str) -> Any:
    """A material of the stage by its name; None when nobody is asked for it."""
    rows = world.rows(
        "SELECT * FROM stage_materials WHERE stage_case_id = :case AND name = :name", case=stage_case, name=name
    )
    return rows[0] if rows else None


def task_of(world: World, stage_case: UUID, item: str) -> WorkItem | None:
    """The open task of an item."""
    case = world.scalar(
        "SELECT id FROM item_cases WHERE stage_case_id = :case AND item_code = :item", case=stage_case, item=item
    )
    return next((task for task in world.tasks(stage_case) if task.item_case_id == case), None)


def execute(session: Session, statement: Executable) -> None:
    """Change rows behind the platform's back."""
    session.execute(statement)


def settle(world: World, stage_case: UUID, *items: str) -> None:
    """The departments take the items through their whole way, one after the other."""
    for item in items:
        while (task := task_of(world, stage_case, item)) is not None:
            world.complete(task, world.values(task))


def test_the_result_of_an_item_of_an_earlier_stage_is_on_file(world: World) -> None:
    engineering = world.register()
    earlier = world.start(engineering, stage="1")
    while world.tasks(earlier):
        world.drive(earlier, until="handle")
        for task in world.tasks(earlier, "handle"):
            papers = [{"reference": str(world.upload(world.worker(task), f"批复{number}.pdf"))} for number in (1, 2)]
            world.complete(task, {**world.values(task), "files": papers})
    later = world.start(engineering, stage="2")
    stranger = world.person("sports", "officer")
    covers = world.run(lambda session: session.scalars(visible_documents(stranger)).all())
    assert covers == []
    world.drive(later, until="scan")

    permit = material(world, later, "建设用地规划许可证及规划红线图")

    assert (permit.status, permit.source, len(permit.upload_ids)) == ("passed", "result", 2)
    uses = world.rows("SELECT upload_id FROM file_uses WHERE item_case_id = :id", id=permit.result_of_id)
    assert {use.upload_id for use in uses} == set(permit.upload_ids)
    cover = world.scalar("SELECT item_case_id FROM issued_documents WHERE id = :id", id=permit.result_document_id)
    assert cover == permit.result_of_id
    covers = world.run(lambda session: session.scalars(visible_documents(stranger)).all())
    assert permit.result_document_id in {document.id for document in covers}
    files = visible_uploads(stranger).where(Upload.id.in_(permit.upload_ids))
    assert len(world.run(lambda session: session.execute(files).all())) == 2
    number = world.scalar("SELECT result_number FROM item_cases WHERE id = :case", case=permit.result_of_id)
    assert number == APPROVAL["result_number"]
    assert set(permit.items) == {"061", ALLOCATION}


def test_what_was_handed_in_before_is_on_file_in_the_next_stage(world: World) -> None:
    engineering = world.register()
    earlier = world.start(engineering, stage="1")
    world.drive(earlier)
    later = world.start(engineering, stage="2")
    world.drive(later, until="scan")

    found = material(world, later, "委托人及委托代理人身份证明")

    assert (found.status, found.source) == ("passed", "on_file")
    uses = world.rows(
        "SELECT stage_case_id FROM file_uses WHERE upload_id = :upload AND label = :code ORDER BY attached_at",
        upload=found.upload_ids[0],
        code=found.code,
    )
    assert [use.stage_case_id for use in uses] == [earlier, later]
    assert material(world, later, "用地单位划拨供地申请").status == "missing"


def test_what_the_stage_itself_will_decide_is_nobodys_to_bring(world: World) -> None:
    stage_case = world.start(stage="1")
    world.drive(stage_case, until="scan")

    assert material(world, stage_case, "项目建议书批复文件") is None
    assert material(world, stage_case, "建设项目用地预审与选址意见书") is None
    assert material(world, stage_case, "项目建议书文本").necessity == "required"


def test_a_condition_over_the_facts_makes_a_material_required_or_not_applicable(world: World) -> None:
    allocated = world.start(process_type="1")
    world.drive(allocated, until="scan")
    granted = world.start(world.register("2403-210782-04-01-654321"), process_type="8-1")
    world.drive(granted, until="scan")

    contract = "国有建设用地使用权出让合同"

    left = material(world, allocated, contract)
    assert (left.necessity, left.status) == ("conditional", "not_applicable")
    assert "以出让方式取得土地" in left.reason
    asked = material(world, granted, contract)
    assert (asked.necessity, asked.status) == ("required", "missing")


def test_the_departments_are_told_the_condition_of_an_item_and_whether_it_holds(world: World) -> None:
    engineering = world.register()
    holds = {}
    for investment in (None, 900, 1001):
        statement = text("UPDATE projects SET total_investment = :amount").bindparams(amount=investment)
        world.run(partial(execute, statement=statement))
        stage_case = world.start(engineering, stage="1")
        candidates = world.scalar("SELECT candidates FROM plannings WHERE stage_case_id = :case", case=stage_case)
        told = {entry["code"]: entry["condition"] for entry in candidates}
        assert "1000 万元" in told["060"]["text"]
        assert told[LAND_PERMIT] is None
        holds[investment] = told["060"]["holds"]
        world.run(partial(execute, statement=text("UPDATE stage_cases SET status = 'void'")))

    assert holds == {None: None, 900: False, 1001: True}


def test_an_item_waits_for_its_predecessor_in_an_earlier_stage(world: World) -> None:
    engineering = world.register()
    earlier = world.start(engineering, stage="2")
    world.drive(earlier, until="review")
    later = world.start(engineering, stage="3")
    world.drive(later, until="review")
    settle(world, later, "047", "044")
    review = task_of(world, later, CONSTRUCTION_PERMIT)
    assert review is not None
    world.complete(review, world.values(review))
    accept = task_of(world, later, CONSTRUCTION_PERMIT)
    assert accept is not None

    with pytest.raises(Conflict, match="划拨决定书"):
        world.complete(accept)

    settle(world, earlier, ALLOCATION)
    world.complete(accept)
    assert world.scalar("SELECT status FROM work_items WHERE id = :task", task=accept.id) == "done"
