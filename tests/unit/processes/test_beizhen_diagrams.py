"""The Beizhen pack's diagrams, stepped by the engine alone."""

from __future__ import annotations

from collections import Counter

import pytest

from engine import NotWaiting, commands
from tests.unit.processes.stepped_stage import PACK, Stage, item


@pytest.fixture
def stage() -> Stage:
    return Stage(item("1", True, "a"), item("2", True, "b"), item("3", False, "c"))


def test_every_candidate_is_asked_at_once_at_its_department(stage: Stage) -> None:
    assert stage.tasks() == {"回复策划意见": 3}
    assert {task.organisation for task in stage.open.values()} == {"a", "b", "c"}
    limits = Counter((limit.limit, limit.kind) for limit in stage.limits.values())
    assert limits == {("1WD", "task"): 3, ("1WD", "notice"): 3, ("3WD", "timer"): 3}


def test_a_transfer_asks_the_named_department_about_that_item_alone(stage: Stage) -> None:
    stage.do("回复策划意见", "b", conclusion="transferred", transferred_to="d")
    assert stage.tasks() == {"回复策划意见": 2, "二次策划": 1}
    assert stage.task("二次策划").organisation == "d"
    stage.do("二次策划", conclusion="required")
    stage.planned(**{"1": "required", "3": "not_required"})
    stage.do("窗口收取材料")
    stage.do("形式审查", decision="passed")
    stage.do("正式收件")
    assert {task.organisation for task in stage.open.values()} == {"a", "d"}


def test_what_is_transferred_twice_is_settled_by_the_lead(stage: Stage) -> None:
    stage.do("回复策划意见", "b", conclusion="transferred", transferred_to="d")
    stage.do("二次策划", conclusion="transferred", transferred_to="e")
    assert stage.task("最终策划").organisation == "lead"
    stage.do("最终策划", conclusion="not_required", department="e")
    assert stage.tasks() == {"回复策划意见": 2}


def test_an_answer_that_does_not_come_is_settled_by_the_lead(stage: Stage) -> None:
    late = next(
        limit
        for limit in stage.limits.values()
        if limit.kind == "timer" and limit.attached_to == stage.task("回复策划意见", "b").task_id
    )
    definitions = PACK.definitions
    stage.command(
        lambda known: commands.fire(definitions, known, late.instance_id, late.task_id, perform=stage.perform),
        late.instance_id,
    )
    assert stage.tasks() == {"回复策划意见": 2, "最终策划": 1}


def test_the_report_waits_for_every_conclusion(stage: Stage) -> None:
    stage.do("回复策划意见", "a", conclusion="required")
    stage.do("回复策划意见", "b", conclusion="required")
    assert "出具策划报告" not in stage.tasks()
    stage.do("回复策划意见", "c", conclusion="not_required")
    assert stage.tasks() == {"出具策划报告": 1}


def test_nothing_required_is_closed_by_an_explicit_record(stage: Stage) -> None:
    stage.planned(**{"1": "not_required", "2": "not_required", "3": "not_required"})
    assert stage.tasks() == {"登记无需审批": 1}
    stage.do("登记无需审批", reason="均无需审批")
    assert stage.performed[-1] == "planning.close_empty"
    assert stage.ended()


def test_online_the_lead_receives_and_the_applicant_hands_in() -> None:
    stage = Stage(item("1", True), channel="online")
    assert stage.tasks() == {"接收申请": 1}
    stage.do("接收申请", process_type="1")
    stage.planned(**{"1": "required"})
    assert stage.task("网上提交材料").role == "applicant"


def test_returned_materials_come_again_until_they_pass(stage: Stage) -> None:
    stage.planned(**{"1": "required", "2": "required", "3": "not_required"})
    for _ in range(3):
        stage.do("窗口收取材料")
        stage.do("形式审查", decision="returned")
    assert stage.tasks() == {"窗口收取材料": 1}


def test_a_problem_seen_by_one_department_keeps_the_items_from_being_dispatched(stage: Stage) -> None:
    stage.planned(**{"1": "required", "2": "required", "3": "not_required"})
    stage.do("窗口收取材料")
    stage.do("形式审查", decision="passed")
    stage.do("正式收件")
    stage.do("最后确认", "a", result="confirmed")
    stage.do("最后确认", "b", result="problem")
    assert stage.tasks() == {"协调处理问题": 1}
    stage.do("协调处理问题")
    assert stage.tasks() == {"最后确认": 2}
    stage.do("最后确认", "b", result="confirmed")
    stage.do("最后确认", "a", result="confirmed")
    assert stage.tasks() == {"统一转办": 1}


def test_the_stage_completes_when_the_main_items_are_approved_and_ends_when_all_are(stage: Stage) -> None:
    stage.dispatched(**{"1": "required", "2": "required", "3": "required"})
    assert stage.tasks() == {"审核": 3}
    for department in ("a", "b"):
        assert "阶段性办结" not in stage.tasks()
        stage.accepted(department)
        stage.do("办理", department, decision="approve")
    stage.do("阶段性办结", information="x")
    assert stage.milestones == ["stage_completed"]
    assert not stage.ended()
    stage.accepted("c")
    stage.do("办理", "c", decision="approve")
    assert stage.ended()
    assert stage.tasks() == {}


def test_refusing_a_main_item_voids_the_stage_with_everything_in_it(stage: Stage) -> None:
    stage.dispatched(**{"1": "required", "2": "required", "3": "required"})
    stage.accepted("a")
    stage.do("办理", "a", decision="refuse")
    assert stage.performed[-2:] == ["item.refuse", "stage.void"]
    assert stage.tasks() == {}
    assert stage.ended()
    assert stage.milestones == []


def test_refusing_an_auxiliary_item_touches_nothing_else(stage: Stage) -> None:
    stage.dispatched(**{"1": "required", "2": "required", "3": "required"})
    stage.accepted("c")
    stage.do("办理", "c", decision="refuse")
    assert stage.tasks() == {"审核": 2}
    assert "stage.void" not in stage.performed


def test_without_main_items_an_explicit_record_stands_beside_the_auxiliary_ones(stage: Stage) -> None:
    stage.dispatched(**{"1": "not_required", "2": "not_required", "3": "required"})
    assert stage.tasks() == {"登记无主流程事项": 1, "审核": 1}
    stage.do("登记无主流程事项", reason="x")
    stage.accepted("c")
    stage.do("办理", "c", decision="approve")
    assert stage.ended()
    assert stage.milestones == []


def test_a_correction_returns_to_the_same_step_of_the_same_department(stage: Stage) -> None:
    stage.dispatched(**{"1": "required", "2": "not_required", "3": "not_required"})
    stage.do("审核", "a", decision="correction", missing="x")
    assert stage.task("补正材料").organisation == "window"
    stage.do("补正材料")
    assert stage.task("审核").organisation == "a"
    assert stage.performed[-2:] == ["item.correction_start", "item.correction_end"]


def test_after_declining_a_main_item_the_lead_chooses(stage: Stage) -> None:
    stage.dispatched(**{"1": "required", "2": "required", "3": "not_required"})
    stage.do("审核", "a", decision="decline", reason="x")
    stage.do("不予受理或撤件后的处理", decision="again", reason="x")
    assert stage.tasks() == {"审核": 2}
    stage.do("审核", "a", decision="decline", reason="x")
    stage.do("不予受理或撤件后的处理", decision="void", reason="x")
    assert stage.performed[-1] == "stage.void"
    assert stage.tasks() == {}


def test_declining_an_auxiliary_item_only_ends_it(stage: Stage) -> None:
    stage.dispatched(**{"1": "required", "2": "not_required", "3": "required"})
    stage.do("审核", "c", decision="decline", reason="x")
    assert stage.tasks() == {"审核": 1}
    assert stage.performed[-1] == "item.decline"


def test_the_limit_of_an_item_runs_from_acceptance_and_its_decision_is_never_automatic(stage: Stage) -> None:
    stage.dispatched(**{"1": "required", "2": "not_required", "3": "not_required"})
    before = len(stage.limits)
    stage.do("审核", "a", decision="accept")
    assert stage.task("受理").guard == "predecessors_approved"
    assert len(stage.limits) == before
    stage.do("受理", "a")
    limit = stage.limits[stage.task("办理").task_id, "task"]
    assert (limit.limit, limit.timeout) == ("5WD", "remind")


def test_a_finished_task_cannot_be_finished_again(stage: Stage) -> None:
    task = stage.task("回复策划意见", "a")
    stage.do("回复策划意见", "a", conclusion="required")
    stage.open[task.task_id] = task
    with pytest.raises(NotWaiting):
        stage.do("回复策划意见", "a", conclusion="required")
