"""Boundary timers fire from their due rows and continue the flow: on tasks, in sub-processes, on call activities."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from cases.fire_due import fire_due
from cases.releases import vocabulary
from processes.install import Releases
from processes.loader import PACKS, load_files, load_folder
from tests.conftest import Database
from tests.integration.cases.items import waiting_for_review
from tests.integration.cases.world import World

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TIMER = """
    <bpmn:boundaryEvent id="late" name="逾期" attachedToRef="{attached}" cancelActivity="{interrupting}">
      <bpmn:outgoing>late__explain</bpmn:outgoing>
      <bpmn:timerEventDefinition id="late_timer">
        <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">2WD</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:userTask id="explain" name="说明逾期">
      <bpmn:extensionElements><bl:task role="officer" organisation="{organisation}" /></bpmn:extensionElements>
      <bpmn:incoming>late__explain</bpmn:incoming>
      <bpmn:outgoing>explain__explained</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="explained" name="已说明"><bpmn:incoming>explain__explained</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="late__explain" sourceRef="late" targetRef="explain" />
    <bpmn:sequenceFlow id="explain__explained" sourceRef="explain" targetRef="explained" />
"""
DRAWN = """
      <bpmndi:BPMNShape id="late_di" bpmnElement="late"><dc:Bounds x="100" y="3000" width="36" height="36" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="explain_di" bpmnElement="explain"><dc:Bounds x="200" y="2978" width="100" height="80" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="explained_di" bpmnElement="explained"><dc:Bounds x="400" y="3000" width="36" height="36" /></bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="late__explain_di" bpmnElement="late__explain"><di:waypoint x="136" y="3018" /><di:waypoint x="200" y="3018" /></bpmndi:BPMNEdge>
      <bpmndi:BPMNEdge id="explain__explained_di" bpmnElement="explain__explained"><di:waypoint x="300" y="3018" /><di:waypoint x="400" y="3018" /></bpmndi:BPMNEdge>
"""  # noqa: E501
LATE = "SELECT * FROM due_rows WHERE element_id = 'late' ORDER BY id"
Make = Callable[..., World]


@pytest.fixture
def make(sessions: sessionmaker[Session], database: Database) -> Make:
    """The region with a timer at one place of one diagram."""

    def with_timer(file: str, attached: str, *, interrupting: bool, organisation: str, scope: str = "process") -> World:
        files = dict(load_folder(PACKS / "beizhen", vocabulary()).files)
        text = files[file].decode()
        written = TIMER.format(attached=attached, interrupting=str(interrupting).lower(), organisation=organisation)
        before, end, after = text.rpartition(f"</bpmn:{scope}>")
        drawn, plane, rest = after.rpartition("</bpmndi:BPMNPlane>")
        changed = before + written + end + drawn + DRAWN + plane + rest
        release = load_files({**files, file: changed.encode()}, vocabulary())
        releases = sessions.kw["info"]
        next(value for value in releases.values() if isinstance(value, Releases)).add(release)
        database.set_clock(MONDAY)
        return World.install(sessions, release, database)

    return with_timer


def fire(world: World) -> Any:
    """The timer passes and is fired once; the row."""
    row = world.rows(LATE)[0]
    assert row.kind == "timer"
    world.database.set_clock(row.due_at - timedelta(seconds=30))
    assert not world.run(lambda session: fire_due(session, row.id))
    world.database.set_clock(row.due_at + timedelta(seconds=1))
    assert world.run(lambda session: fire_due(session, row.id))
    assert not world.run(lambda session: fire_due(session, row.id))
    return row


def test_an_interrupting_timer_on_a_call_takes_what_was_called_away(make: Make) -> None:
    world = make("stage.bpmn", "planning", interrupting=True, organisation="=lead")
    stage_case = world.start()
    asked = world.tasks(stage_case, "answer")
    assert asked

    fire(world)

    assert [task.element_id for task in world.tasks(stage_case)] == ["explain"]
    live = world.rows("SELECT kind FROM process_instances WHERE status = 'active'")
    assert [row.kind for row in live] == ["stage"]
    assert world.scalar("SELECT count(*) FROM due_rows WHERE fired_at IS NULL AND cancelled_at IS NULL") == 0
    world.complete(world.tasks(stage_case)[0], {})


def test_a_timer_on_a_call_that_does_not_interrupt_lets_it_go_on(make: Make) -> None:
    world = make("stage.bpmn", "planning", interrupting=False, organisation="=lead")
    stage_case = world.start()
    asked = len(world.tasks(stage_case, "answer"))

    fire(world)

    assert len(world.tasks(stage_case, "explain")) == 1
    assert len(world.tasks(stage_case, "answer")) == asked
    for task in world.tasks(stage_case, "answer"):
        world.complete(task, world.values(task))
    assert world.tasks(stage_case, "issue_report")


def test_a_timer_on_a_sub_process_that_does_not_interrupt_lets_it_go_on(make: Make) -> None:
    world = make("item_case.bpmn", "handling", interrupting=False, organisation="=item['department']")
    stage_case = waiting_for_review(world)

    row = fire(world)

    (explain,) = world.tasks(stage_case, "explain")
    (review,) = [task for task in world.tasks(stage_case, "review") if task.instance_id == row.instance_id]
    world.complete(review, world.values(review))
    world.complete(explain, {})


def test_an_interrupting_timer_inside_a_sub_process_ends_the_task_that_it_is_on(make: Make) -> None:
    world = make("item_case.bpmn", "review", interrupting=True, organisation="=item['department']", scope="subProcess")
    stage_case = waiting_for_review(world)

    row = fire(world)

    mine = [task.element_id for task in world.tasks(stage_case) if task.instance_id == row.instance_id]
    assert mine == ["explain"]
    others = [task.element_id for task in world.tasks(stage_case) if task.instance_id != row.instance_id]
    assert set(others) == {"review"}
