"""The scenarios catch a diagram that breaks the regulation, and let one pass that was changed within it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cases.releases import vocabulary
from demo.region import PACK
from features.gate import prove
from features.selection import FEATURES
from processes.loader import load_files, read_folder
from processes.release import Release

CHECK = """\
    <bpmn:userTask id="internal_check" name="科内核对">
      <bpmn:extensionElements>
        <bl:task role="window_clerk" organisation="=window" form="internal_check" />
      </bpmn:extensionElements>
      <bpmn:incoming>form_passed__formal</bpmn:incoming>
      <bpmn:outgoing>internal_check__formal</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="internal_check__formal" sourceRef="internal_check" targetRef="formal" />
"""
DRAWN = """\
      <bpmndi:BPMNShape id="internal_check_di" bpmnElement="internal_check">
        <dc:Bounds x="40" y="900" width="100" height="80" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="internal_check__formal_di" bpmnElement="internal_check__formal">
        <di:waypoint x="140" y="940" />
        <di:waypoint x="240" y="940" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>"""
FORM = {
    "type": "default",
    "id": "internal_check",
    "components": [
        {
            "type": "radio",
            "key": "checked",
            "label": "核对结果",
            "values": [{"label": "存疑", "value": "doubted"}, {"label": "属实", "value": "confirmed"}],
            "validate": {"required": True},
        },
        {"type": "textfield", "key": "checker", "label": "核对人", "validate": {"required": True, "maxLength": 50}},
    ],
}


def changed(texts: Mapping[str, Mapping[str, str]], more: Mapping[str, bytes] | None = None) -> Release:
    """The reference pack with other texts in its files; every old text must be there."""
    files = {**read_folder(PACK), **(more or {})}
    for name, replacements in texts.items():
        text = files[name].decode()
        for old, new in replacements.items():
            assert old in text, f"{name}: {old}"
            text = text.replace(old, new)
        files[name] = text.encode()
    return load_files(files, vocabulary())


def test_a_problem_that_is_passed_over_is_caught_and_a_new_internal_step_is_not() -> None:
    release = changed(
        {
            "final_confirmation.bpmn": {"len(problems) &gt; 0": "len(problems) &gt; 99"},
            "intake.bpmn": {
                'name="正式收件"': 'name="收件登记"',
                'sourceRef="form_passed" targetRef="formal"': 'sourceRef="form_passed" targetRef="internal_check"',
                "<bpmn:incoming>form_passed__formal<": "<bpmn:incoming>internal_check__formal<",
                "  </bpmn:process>": f"{CHECK}  </bpmn:process>",
                "    </bpmndi:BPMNPlane>": DRAWN,
            },
        },
        {"forms/internal_check.json": json.dumps(FORM).encode()},
    )
    verdict = prove(release, [FEATURES / "beizhen" / "dispatch.feature"])
    caught = {failure.split("《")[1].split("》")[0] for failure in verdict.failures}
    assert caught == {
        "提出问题的，召开联席会议并上传会议记录后，各部门再次确认",
        "召开了联席会议而没有会议记录的，不能再确认",
        "有一个部门确认有问题的，不能转办",
    }
    assert verdict.played > len(caught)
    assert {line.split("：")[0].strip() for failure in verdict.failures for line in failure.splitlines()[1:2]} == {
        "条文 beizhen-4-2-3a",
        "条文 beizhen-4-2-3b",
    }


def test_a_main_line_item_that_no_longer_freezes_its_stage_is_caught() -> None:
    release = changed({"stage.bpmn": {'<bl:cascade on="suspended" targets="all" effect="freeze" />': ""}})
    verdict = prove(release, [FEATURES / "beizhen" / "suspension.feature"])
    assert [failure.split("《")[1].split("》")[0] for failure in verdict.failures] == [
        "挂起主流程事项之前，说明本阶段其他事项也不能办理"
    ]
    assert "条文 beizhen-4-6d" in verdict.failures[0]
