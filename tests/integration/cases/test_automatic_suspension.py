"""A step of the diagram suspends an item, another resumes it: its clock stands between, the procedure does not."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from cases.fire_due import fire_due
from cases.models import WorkItem
from cases.releases import vocabulary
from processes.loader import PACKS, load_files, read_folder
from processes.release import Release
from tests.integration.cases.conftest import Preparation
from tests.integration.cases.items import item
from tests.integration.cases.test_holds import AUXILIARY, MAIN, in_handling, limit, refusal, resume
from tests.integration.cases.world import World

STEPS = """      <bpmn:boundaryEvent id="review_due" name="专家论证" attachedToRef="handle" cancelActivity="false">
        <bpmn:outgoing>review_due__hold</bpmn:outgoing>
        <bpmn:timerEventDefinition id="review_due_timer">
          <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">2WD</bpmn:timeDuration>
        </bpmn:timerEventDefinition>
      </bpmn:boundaryEvent>
      <bpmn:serviceTask id="hold" name="挂起">
        <bpmn:extensionElements>
          <bl:operation name="item.suspend" mode="local">
            <bl:input name="procedure" value="experts" />
            <bl:input name="basis" value="地区包流程图" />
          </bl:operation>
        </bpmn:extensionElements>
        <bpmn:incoming>review_due__hold</bpmn:incoming>
        <bpmn:outgoing>hold__expert_review</bpmn:outgoing>
      </bpmn:serviceTask>
      <bpmn:callActivity id="expert_review" name="专家论证" calledElement="expert_review">
        <bpmn:extensionElements>
          <bl:call key="=item['code']" results="reviews">
            <bl:input name="department" value="=item['department']" />
          </bl:call>
        </bpmn:extensionElements>
        <bpmn:incoming>hold__expert_review</bpmn:incoming>
        <bpmn:outgoing>expert_review__lift</bpmn:outgoing>
      </bpmn:callActivity>
      <bpmn:serviceTask id="lift" name="解挂">
        <bpmn:extensionElements>
          <bl:operation name="item.resume" mode="local">
            <bl:input name="evidence" value="专家论证意见" />
          </bl:operation>
        </bpmn:extensionElements>
        <bpmn:incoming>expert_review__lift</bpmn:incoming>
        <bpmn:outgoing>lift__reviewed_end</bpmn:outgoing>
      </bpmn:serviceTask>
      <bpmn:endEvent id="reviewed_end" name="论证结束">
        <bpmn:incoming>lift__reviewed_end</bpmn:incoming>
      </bpmn:endEvent>
      <bpmn:sequenceFlow id="review_due__hold" sourceRef="review_due" targetRef="hold" />
      <bpmn:sequenceFlow id="hold__expert_review" sourceRef="hold" targetRef="expert_review" />
      <bpmn:sequenceFlow id="expert_review__lift" sourceRef="expert_review" targetRef="lift" />
      <bpmn:sequenceFlow id="lift__reviewed_end" sourceRef="lift" targetRef="reviewed_end" />
"""
STEP_OF = """
    SELECT d.id, d.due_at FROM due_rows d JOIN process_instances p ON p.id = d.instance_id
    WHERE p.item_case_id = :id AND d.element_id = 'review_due'
"""
NODES = ("review_due", "hold", "expert_review", "lift", "reviewed_end")
REVIEW = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
    xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:bl="urn:binglian:bpmn:1" id="definitions_expert_review"
    targetNamespace="urn:binglian:region:beizhen">
  <bpmn:process id="expert_review" name="专家论证" isExecutable="true">
    <bpmn:extensionElements><bl:process kind="procedure" /></bpmn:extensionElements>
    <bpmn:startEvent id="start" name="开始"><bpmn:outgoing>start__meet</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="meet" name="组织论证">
      <bpmn:extensionElements>
        <bl:task role="officer" organisation="=department" limit="3WD" timeout="remind" />
      </bpmn:extensionElements>
      <bpmn:incoming>start__meet</bpmn:incoming>
      <bpmn:outgoing>meet__end</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="end" name="已论证"><bpmn:incoming>meet__end</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="start__meet" sourceRef="start" targetRef="meet" />
    <bpmn:sequenceFlow id="meet__end" sourceRef="meet" targetRef="end" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="drawing"><bpmndi:BPMNPlane id="plane" bpmnElement="expert_review">
%s  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
"""
LAST_OF_HANDLING = "    </bpmn:subProcess>\n"
LAST_SHAPE = "    </bpmndi:BPMNPlane>"


def drawn(*nodes: str) -> str:
    """The places of nodes in a row and of the flows between them."""
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{node}_di" bpmnElement="{node}">'
        f'<dc:Bounds x="{150 * at}" y="400" width="100" height="80"/></bpmndi:BPMNShape>\n'
        for at, node in enumerate(nodes)
    )
    edges = "".join(
        f'<bpmndi:BPMNEdge id="{one}__{next_one}_di" bpmnElement="{one}__{next_one}"><di:waypoint x="{150 * at + 100}" '
        f'y="440"/><di:waypoint x="{150 * at + 150}" y="440"/></bpmndi:BPMNEdge>\n'
        for at, (one, next_one) in enumerate(pairwise(nodes))
    )
    return shapes + edges


@pytest.fixture(scope="module")
def release() -> Release:
    """A pack in which experts meet two working days after acceptance, and the clock stands until they have."""
    files = read_folder(PACKS / "beizhen")
    text = files["item_case.bpmn"].decode()
    assert text.count(LAST_OF_HANDLING) == 1
    text = text.replace(LAST_OF_HANDLING, STEPS + LAST_OF_HANDLING)
    text = text.replace(LAST_SHAPE, drawn(*NODES) + LAST_SHAPE)
    review = (REVIEW % drawn("start", "meet", "end")).encode()
    return load_files({**files, "item_case.bpmn": text.encode(), "expert_review.bpmn": review}, vocabulary())


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    """The stage that each test has a copy of."""
    return in_handling


def experts_meet(world: World) -> None:
    """Two working days after acceptance the workers fire the steps, the auxiliary first: a freeze holds its timer."""
    for code in (AUXILIARY, MAIN):
        (timer,) = world.rows(STEP_OF, id=item(world, code).id)
        world.database.set_clock(max(timer.due_at, world.database.now) + timedelta(seconds=1))
        assert world.run(partial(fire_due, due_id=timer.id))


def meeting(world: World, stage_case: UUID, code: str) -> WorkItem:
    """The open task of the procedure."""
    return next(task for task in world.tasks(stage_case, "meet") if task.item_case_id == item(world, code).id)


def decision(world: World, stage_case: UUID, code: str) -> WorkItem:
    """The open task of the item's own flow."""
    return next(task for task in world.tasks(stage_case, "handle") if task.item_case_id == item(world, code).id)


def own_limit(world: World, task: WorkItem) -> Any:
    return world.rows("SELECT * FROM due_rows WHERE task_id = :id AND kind = 'task'", id=task.id)[0]


def test_the_step_suspends_and_resumes_and_the_clock_stands_between(world: World, stage_case: UUID) -> None:
    before = limit(world, AUXILIARY).due_at
    experts_meet(world)
    held = decision(world, stage_case, AUXILIARY)
    assert item(world, AUXILIARY).history == [1, 3, 8, 9]
    assert refusal(world, held) == "item_suspended"
    assert own_limit(world, held).held
    (hold,) = world.rows("SELECT * FROM holds WHERE item_case_id = :id", id=item(world, AUXILIARY).id)
    assert (hold.procedure, hold.cause, hold.started_by, hold.basis) == ("experts", "专家论证", None, "地区包流程图")
    assert {row.kind for row in world.rows("SELECT kind FROM due_rows WHERE task_id = :id", id=hold.id)} == {
        "procedure"
    }

    world.database.move_clock(timedelta(days=7))
    world.complete(meeting(world, stage_case, AUXILIARY), {})
    world.complete(meeting(world, stage_case, MAIN), {})
    assert item(world, AUXILIARY).history == [1, 3, 8, 9, 10]
    moved = own_limit(world, held)
    assert not moved.held
    assert timedelta(days=7) - timedelta(hours=1) < moved.due_at - before < timedelta(days=7, hours=16)
    world.complete(held, world.values(held))
    assert item(world, AUXILIARY).history == [1, 3, 8, 9, 10, 11]


def test_a_main_line_item_that_a_step_suspends_freezes_the_stage_until_a_step_resumes_it(
    world: World, stage_case: UUID
) -> None:
    experts_meet(world)
    (frozen,) = world.rows("SELECT * FROM holds WHERE item_case_id IS NULL")
    assert (frozen.caused_by_id, frozen.ended_at) == (item(world, MAIN).id, None)
    world.complete(meeting(world, stage_case, AUXILIARY), {})
    assert refusal(world, decision(world, stage_case, AUXILIARY)) == "stage_suspended"
    assert own_limit(world, decision(world, stage_case, AUXILIARY)).held
    world.complete(meeting(world, stage_case, MAIN), {})

    assert world.scalar("SELECT count(*) FROM holds WHERE ended_at IS NULL") == 0
    assert world.scalar("SELECT count(*) FROM due_rows WHERE held AND cancelled_at IS NULL") == 0
    world.drive(stage_case)
    assert world.scalar("SELECT status FROM stage_cases") == "completed"


def test_the_procedures_own_limit_runs_while_the_item_stands(world: World, stage_case: UUID) -> None:
    experts_meet(world)
    running = own_limit(world, meeting(world, stage_case, AUXILIARY))
    assert not running.held
    world.database.set_clock(running.due_at + timedelta(seconds=1))
    assert world.run(partial(fire_due, due_id=running.id))


def test_who_resumes_by_hand_before_the_step_does_is_not_undone(world: World, stage_case: UUID) -> None:
    experts_meet(world)
    resume(world, AUXILIARY)
    world.complete(meeting(world, stage_case, AUXILIARY), {})
    assert item(world, AUXILIARY).history == [1, 3, 8, 9, 10]
