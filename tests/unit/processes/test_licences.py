"""No silence decides on a licence: the catalogue says what is one, whatever the diagrams declare."""

from __future__ import annotations

import pytest

from cases.releases import vocabulary
from processes.loader import load_files
from tests.unit.processes.test_loader import FILES, findings, line_of

DIAGRAM = "item_case.bpmn"
DECISION = (
    'form="item_decision" limit="=item[\'limit\']" timeout="remind" guard="reason_if_against_opinion" decides="true">'
)
UNDECLARED = DECISION.replace(' decides="true"', "")
LAPSE = '<bl:lapse name="decision" value="approve" />'
SILENT = UNDECLARED.replace("remind", "pass") + LAPSE
AFTER_HANDLE = """    <bpmn:boundaryEvent id="late" name="逾期" attachedToRef="handling" cancelActivity="true">
      <bpmn:outgoing>late__approve</bpmn:outgoing>
      <bpmn:timerEventDefinition id="late_timer">
        <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">20WD</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="late__approve" sourceRef="late" targetRef="approve" />
"""
DRAWN = """      <bpmndi:BPMNShape id="late_di" bpmnElement="late"><dc:Bounds x="2015" y="212" width="36" height="36" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="late__approve_di" bpmnElement="late__approve"><di:waypoint x="2051" y="230" />
        <di:waypoint x="2275" y="230" /></bpmndi:BPMNEdge>
"""
FIRST_SHAPE = '      <bpmndi:BPMNShape id="withdrawn_di"'
FIRST_BOUNDARY = '    <bpmn:boundaryEvent id="withdrawn"'


def changed(name: str, *replacements: tuple[str, str]) -> dict[str, bytes]:
    """The pack's files with texts of one replaced."""
    text = FILES[name].decode()
    for old, new in replacements:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return {**FILES, name: text.encode()}


def no_licences(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same pack, in whose catalogue nothing is a licence."""
    return {**files, "items.csv": files["items.csv"].replace(b",yes,", b",no,")}


def test_a_decision_by_silence_is_refused_though_the_diagram_does_not_call_it_one() -> None:
    (found,) = findings(changed(DIAGRAM, (DECISION, SILENT)))
    assert (found.file, found.line) == (DIAGRAM, line_of(DIAGRAM, 'id="handle"'))
    assert "“办理”（handle）" in found.message
    assert "行政许可" in found.message
    assert "remind（催办）或 escalate（上报）" in found.mend
    assert "[timeout-policy]" in found.mend


def test_a_timer_that_leads_to_the_decision_past_everybody_is_refused_too() -> None:
    timed = (FIRST_BOUNDARY, AFTER_HANDLE + FIRST_BOUNDARY), (FIRST_SHAPE, DRAWN + FIRST_SHAPE)
    (found,) = findings(changed(DIAGRAM, *timed))
    assert found.file == DIAGRAM
    assert "“逾期”（late）" in found.message
    assert "不能到时间就自动作出决定" in found.message


@pytest.mark.parametrize("policy", ["remind", "escalate"])
def test_reminding_and_escalating_are_never_refused(policy: str) -> None:
    files = changed(DIAGRAM, (DECISION, UNDECLARED.replace("remind", policy)))
    assert load_files(files, vocabulary()).definitions.processes


def test_where_nothing_is_a_licence_silence_may_decide() -> None:
    assert load_files(no_licences(changed(DIAGRAM, (DECISION, SILENT))), vocabulary())


def test_a_task_before_the_decision_may_pass_by_silence() -> None:
    accept = 'form="item_acceptance" guard="predecessors_approved">'
    passed = accept[:-1] + ' limit="5WD" timeout="pass"><bl:lapse name="by_pledge" value="=False" />'
    assert load_files(changed(DIAGRAM, (accept, passed)), vocabulary())


def test_a_licence_has_a_limit_and_what_is_none_may_be_untimed() -> None:
    filing, licence = "002,建筑节能竣工专项验收备案,housing,3WD,no,no", "003,洪水影响评价审批,approval,5WD,yes,no"
    untimed = load_files(changed("items.csv", (filing, filing.replace("3WD", "none"))), vocabulary())
    assert untimed.items["002"].limit is None
    (found,) = findings(changed("items.csv", (licence, licence.replace("5WD", "none"))))
    assert (found.file, found.line) == ("items.csv", line_of("items.csv", "003,"))
    assert "行政许可，不能没有时限" in found.message
