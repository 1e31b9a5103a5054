"""The other ways in which a rule can be broken: one small edit of its correct diagram each."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.lint import lint
from tests.unit.engine.lint.test_rules import REGISTRY

FIXTURES = Path(__file__).parent / "fixtures"

TRIGGER = """name="撤回">
        <bpmn:messageEventDefinition messageRef="withdrawn"/>"""
ERROR_BESIDE = 'name="撤回" isInterrupting="false"><bpmn:errorEventDefinition/>'
REPEATED = "<bpmn:multiInstanceLoopCharacteristics/>"

CASES = [
    # rule, diagram, what is replaced, by what, the message
    ("reference-defined", "reference-defined", ' messageRef="materials"/>', "/>", "没有指明是哪个消息"),
    ("reference-defined", "reference-defined", ' name="materials_arrived"', "", "消息“materials”没有填写 name"),
    ("reference-defined", "no-cancel-event", ' errorRef="cancelled"/>', "/>", "没有指明是哪个错误"),
    ("reference-defined", "no-cancel-event", 'errorCode="CANCELLED"', "", "错误“cancelled”没有填写 errorCode"),
    ("reference-defined", "no-instantiating-receive", ' messageRef="materials"', "", "没有指明是哪个消息"),
    ("id-required", "no-instantiating-receive", '<bpmn:message id="materials"', "<bpmn:message", None),
    ("link-pair", "link-pair", 'from_review_link" name="去办结"', 'from_review_link" name=""', "连接事件没有连接名"),
    ("link-pair", "link-pair", 'sourceRef="from_review"', 'sourceRef="to_end"', "抛出事件不能有出线"),
    ("link-pair", "link-pair", 'targetRef="to_end"', 'targetRef="from_review"', "捕获事件不能有入线"),
    ("event-sub-process", "event-sub-process", TRIGGER, ERROR_BESIDE, "错误总是中断所在的流程"),
    ("event-sub-process", "event-sub-process", 'id="withdraw_end"/>', f'id="withdraw_end"/>{REPEATED}', "不能多实例"),
    ("one-start-event", "event-sub-process", "bpmn:startEvent", "bpmn:intermediateCatchEvent", "没有开始事件"),
    ("boundary-attached", "boundary-attached", 'attachedToRef="handle"', 'attachedToRef="start"', None),
    (
        "boundary-attached",
        "boundary-can-fire",
        'attachedToRef="handle"',
        'attachedToRef="handle" cancelActivity="false"',
        "错误边界",
    ),
    (
        "supported-event",
        "boundary-can-fire",
        '<bpmn:errorEventDefinition errorRef="rejected"/>',
        "",
        "边界事件不能是 none",
    ),
    ("supported-event", "no-time-cycle", "bpmn:timerEventDefinition", "bpmn:terminateEventDefinition", None),
    ("default-flow", "default-flow", 'default="choose_review"', 'default="start_choose"', "不是它的出线"),
    ("default-flow", "default-flow", 'default="choose_review"', 'default="choose_visit"', "默认流上的条件不起作用"),
    ("flow-ends", "flow-ends", 'targetRef="end"', 'targetRef="nowhere"', "“nowhere”不在同一层"),
    ("flow-ends", "flow-ends", 'targetRef="end"', 'targetRef="start"', "开始事件和边界事件之前不能有连线"),
    (
        "flow-ends",
        "flow-ends",
        'sourceRef="handle" targetRef="end"',
        'sourceRef="end" targetRef="handle"',
        "结束事件之后",
    ),
    (
        "flow-ends",
        "event-sub-process",
        'sourceRef="review" targetRef="end"',
        'sourceRef="withdraw" targetRef="end"',
        "事件子流程",
    ),
    (
        "event-based-gateway",
        "event-based-gateway",
        '<bpmn:eventBasedGateway id="wait"',
        '<bpmn:eventBasedGateway id="wait" instantiate="true"',
        None,
    ),
    ("valid-limit", "no-time-cycle", "PT1H", "one hour", "“one hour”不是期限"),
    ("valid-limit", "no-time-cycle", "timeDuration", "timeZone", "没有写明时间"),
    ("valid-expression", "no-time-cycle", "PT1H", "=limit.text", "请用下标"),
    ("valid-expression", "valid-limit", 'limit="5WD"', 'limit="=item.limit"', "请用下标"),
    ("valid-expression", "cascade", 'targets="all"', 'targets="=siblings()"', "可用的函数"),
    ("valid-expression", "loop-cardinality", ">3<", ">len(items) * 2<", "只有加和减"),
    ("variable-name", "multi-instance-input", 'name="item"', 'name="for"', "“for”不能作变量名"),
    ("variable-name", "multi-instance-input", ">items<", ">_items<", "“_items”不能作变量名"),
    ("variable-name", "call-key", 'results="results"', 'results="typename"', "“typename”不能作变量名"),
    ("timeout-policy", "timeout-policy", ' limit="5WD"', "", "永远不会超时"),
    ("timeout-policy", "timeout-policy", 'timeout="escalate" decides="true"', 'timeout="return"', "申报单位自己的任务"),
    ("timeout-policy", "timeout-policy", 'timeout="escalate"', 'timeout="refuse"', "许可决定不能因超时自动作出"),
    ("timeout-policy", "timeout-policy", 'timeout="escalate" decides="true"', 'timeout="pass"', "没有写明按什么结果"),
    (
        "timeout-policy",
        "timeout-policy",
        'decides="true"/>',
        'decides="true"><bl:lapse name="decision" value="x"/></bl:task>',
        "超时后却不会自动办理",
    ),
    ("known-extension", "known-extension", "bl:task", "bl:tasks", "没有 bl:tasks 这个扩展元素"),
    ("known-extension", "known-extension", ' organisation="=department"', "", "没有填写"),
    ("known-extension", "known-extension", 'role="officer"', 'role="=who"', "不能用表达式"),
    (
        "known-extension",
        "timeout-policy",
        'timeout="escalate"',
        'timeout="later"',
        "不能是“later”，只能是 remind、escalate",
    ),
    ("known-extension", "service-task-operation", 'mode="local"', 'mode="here"', "不能是“here”"),
    ("known-extension", "cascade", 'effect="freeze"', 'effect="melt"', "不能是“melt”"),
    ("known-extension", "known-extension", "<bl:task ", '<bl:task role="officer" organisation="x"/><bl:task ', "重复"),
    ("known-extension", "known-extension", "urn:binglian:bpmn:1", "urn:binglian:bpmn:2", "不认识"),
    ("known-extension", "service-task-operation", "bl:operation", "bl:call", "不能放在这里"),
    ("call-key", "call-key", "key=\"=item['code']\"", 'key="code"', None),
    ("called-process", "called-process", ' calledElement="item"', "", "没有指明调用哪个流程"),
    ("single-quantity", "single-quantity", 'id="review"', 'id="review" completionQuantity="3"', "completionQuantity"),
    ("no-compensation", "single-quantity", 'id="review"', 'id="review" isForCompensation="true"', None),
    ("multi-instance-input", "loop-cardinality", "<bpmn:loopCardinality>3</bpmn:loopCardinality>", "", "二者取一"),
    ("standard-loop", "standard-loop", 'loopMaximum="3"', 'loopMaximum="0"', "最多次数“0”不对"),
    ("single-event-definition", "single-event-definition", 'id="step"', 'id="step" parallelMultiple="true"', None),
    (
        "diagram-interchange",
        "diagram-interchange",
        'bpmnElement="start_review"',
        'bpmnElement="review"',
        "连线没有图形",
    ),
    (
        "plain-start-event",
        "flow-ends",
        '<bpmn:startEvent id="inner_start"/>',
        '<bpmn:startEvent id="inner_start"><bpmn:messageEventDefinition/></bpmn:startEvent>',
        None,
    ),
]


def diagram(rule: str, old: str, new: str) -> bytes:
    """The correct diagram of a rule with every ``old`` replaced by ``new``."""
    text = (FIXTURES / rule / "correct.bpmn").read_text(encoding="utf-8")
    assert old in text, "the edit must change something"
    return text.replace(old, new).encode()


@pytest.mark.parametrize(("rule", "fixture", "old", "new", "message"), CASES)
def test_variant_is_found(rule: str, fixture: str, old: str, new: str, message: str | None) -> None:
    findings = lint({"p.bpmn": diagram(fixture, old, new)}, REGISTRY)
    found = [finding.message for finding in findings if finding.rule == rule]
    assert any((message or "") in text for text in found), findings


def test_link_in_another_scope_is_told_apart_from_a_missing_one() -> None:
    text = (FIXTURES / "flow-ends" / "correct.bpmn").read_text(encoding="utf-8")
    link = '<bpmn:linkEventDefinition id="{0}" name="跨层"/>'
    throw = f'<bpmn:intermediateThrowEvent id="out">{link.format("l1")}</bpmn:intermediateThrowEvent>'
    catch = f'<bpmn:intermediateCatchEvent id="in">{link.format("l2")}</bpmn:intermediateCatchEvent>'
    text = text.replace('<bpmn:startEvent id="inner_start"/>', '<bpmn:startEvent id="inner_start"/>' + throw)
    text = text.replace('<bpmn:startEvent id="start"', catch + '<bpmn:startEvent id="start"')
    messages = {f.element_id: f.message for f in lint({"p.bpmn": text.encode()}, REGISTRY) if f.rule == "link-pair"}
    assert "另一层流程中有，但连接不能跨层" in messages["out"]
    assert "没有抛出事件" in messages["in"]


def test_two_catch_events_of_one_link_are_both_named() -> None:
    twice = diagram("link-pair", '<bpmn:endEvent id="end"', SECOND_CATCH + '<bpmn:endEvent id="end"')
    found = [f.element_id for f in lint({"p.bpmn": twice}, REGISTRY) if f.rule == "link-pair"]
    assert sorted(found) == ["from_review", "second"]


SECOND_CATCH = (
    '<bpmn:intermediateCatchEvent id="second"><bpmn:linkEventDefinition id="l" name="去办结"/>'
    "</bpmn:intermediateCatchEvent>"
)


def test_processes_of_two_files_may_call_each_other_but_not_share_an_id() -> None:
    stage = (FIXTURES / "called-process" / "correct.bpmn").read_text(encoding="utf-8")
    renamed = stage.replace('"stage"', '"other"').replace('"item"', '"item2"')
    assert lint({"a.bpmn": stage.encode(), "b.bpmn": renamed.encode()}, REGISTRY) == []
    crossed = renamed.replace('calledElement="item2"', 'calledElement="item"')
    assert lint({"a.bpmn": stage.encode(), "b.bpmn": crossed.encode()}, REGISTRY) == []
    shared = lint({"a.bpmn": stage.encode(), "b.bpmn": stage.encode()}, REGISTRY)
    assert {(finding.rule, finding.file) for finding in shared} == {("unique-id", "b.bpmn")}


def test_mutual_recursion_over_files_is_found() -> None:
    stage = (FIXTURES / "no-recursive-call" / "incorrect.bpmn").read_text(encoding="utf-8")
    first = stage.replace('calledElement="stage"', 'calledElement="other"')
    second = stage.replace('id="stage"', 'id="other"').replace('bpmnElement="stage"', 'bpmnElement="other"')
    findings = lint({"a.bpmn": first.encode(), "b.bpmn": second.encode()}, REGISTRY)
    assert [finding.rule for finding in findings] == ["no-recursive-call"]
    assert "→" in findings[0].message


def test_automatic_loop_through_a_sub_process_is_found() -> None:
    fetch = '<bpmn:serviceTask id="fetch"'
    text = (FIXTURES / "automatic-loop" / "incorrect.bpmn").read_text(encoding="utf-8")
    begin, rest = text.split(fetch)
    body, rest = rest.split("</bpmn:serviceTask>", 1)
    inner = (
        '<bpmn:subProcess id="fetch"><bpmn:startEvent id="is"/>'
        f'<bpmn:serviceTask id="f"{body}</bpmn:serviceTask><bpmn:endEvent id="ie"/>'
        '<bpmn:sequenceFlow id="i1" sourceRef="is" targetRef="f"/>'
        '<bpmn:sequenceFlow id="i2" sourceRef="f" targetRef="ie"/>'
        "</bpmn:subProcess>"
    )
    rules = {finding.rule for finding in lint({"p.bpmn": (begin + inner + rest).encode()}, REGISTRY)}
    assert "automatic-loop" in rules
    waiting = inner.replace('mode="local"', 'mode="remote"')
    rules = {finding.rule for finding in lint({"p.bpmn": (begin + waiting + rest).encode()}, REGISTRY)}
    assert "automatic-loop" not in rules


def test_join_behind_a_fork_can_complete() -> None:
    text = (FIXTURES / "join-can-complete" / "incorrect.bpmn").read_text(encoding="utf-8")
    choose = '<bpmn:exclusiveGateway id="choose" default="choose_review"/>'
    assert choose in text
    forked = text.replace(choose, '<bpmn:parallelGateway id="choose"/>')
    assert "join-can-complete" not in {finding.rule for finding in lint({"p.bpmn": forked.encode()}, REGISTRY)}


def test_findings_of_one_rule_are_capped_and_others_still_shown() -> None:
    tasks = "".join(f'<bpmn:task id="t{number}"/>' for number in range(300))
    text = (FIXTURES / "small-scope" / "correct.bpmn").read_text(encoding="utf-8")
    findings = lint(
        {"p.bpmn": text.replace('<bpmn:endEvent id="end"', tasks + '<bpmn:endEvent id="end"').encode()}, REGISTRY
    )
    by_rule = [finding.rule for finding in findings]
    assert by_rule.count("no-plain-task") == 100
    assert "small-scope" in by_rule


def test_findings_come_in_the_order_of_files_and_lines() -> None:
    bad = (FIXTURES / "no-duplicate-catch" / "incorrect.bpmn").read_bytes().replace(b'role="officer"', b'role="nobody"')
    findings = lint({"z.bpmn": bad, "a.bpmn": b"<broken"}, REGISTRY)
    assert [finding.file for finding in findings] == sorted((f.file for f in findings), reverse=True)
    lines = [finding.line for finding in findings if finding.file == "z.bpmn"]
    assert lines == sorted(lines)
    assert findings[-1].rule == "readable-file"


def test_finding_reads_as_a_sentence() -> None:
    (finding,) = lint({"p.bpmn": (FIXTURES / "known-form" / "incorrect.bpmn").read_bytes()}, REGISTRY)
    expected = (
        "p.bpmn:5 “审核”（review）表单“item_reveiw”不在地区包中；改为包中已有的表单名，或把表单加入包中 [known-form]"
    )
    assert str(finding) == expected


def test_too_many_files_are_refused() -> None:
    content = (FIXTURES / "small-scope" / "correct.bpmn").read_text(encoding="utf-8")
    files = {f"{number}.bpmn": content.replace('"stage"', f'"stage{number}"').encode() for number in range(201)}
    findings = lint(files, REGISTRY)
    assert [(finding.file, finding.rule) for finding in findings] == [("200.bpmn", "readable-file")]
