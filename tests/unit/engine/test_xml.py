"""Files of every modeler are read and keep what the modeler added."""

from __future__ import annotations

import pytest
from lxml import etree

from engine.lint import lint
from engine.registry import Registry
from engine.xml import FileRefused, parse, schema_errors

FOREIGN = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    xmlns:flowable="http://flowable.org/bpmn" xmlns:signavio="http://www.signavio.com"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0"
    xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="d" targetNamespace="http://bpmn.io/schema/bpmn"
    exporter="Signavio Process Editor" exporterVersion="15"
    expressionLanguage="http://www.w3.org/1999/XPath" typeLanguage="http://www.w3.org/2001/XMLSchema"
    xsi:schemaLocation="http://www.omg.org/spec/BPMN/20100524/MODEL http://www.omg.org/spec/BPMN/2.0/BPMN20.xsd">
  <process id="p" isExecutable="true" camunda:historyTimeToLive="180" flowable:candidateStarterGroups="all">
    <extensionElements>
      <signavio:signavioMetaData metaKey="bgcolor" metaValue="#ffffff"/>
      <flowable:executionListener event="start" class="org.example.Listener"/>
    </extensionElements>
    <userTask id="t" name="t" camunda:assignee="zhang" flowable:formKey="f">
      <extensionElements>
        <camunda:formData><camunda:formField id="x" type="string"/></camunda:formData>
        <camunda:properties><camunda:property name="a" value="b"/></camunda:properties>
      </extensionElements>
      <multiInstanceLoopCharacteristics flowable:collection="items" flowable:elementVariable="item">
        <loopCardinality>2</loopCardinality>
      </multiInstanceLoopCharacteristics>
    </userTask>
  </process>
  <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">
    <bpmndi:BPMNShape bpmnElement="t" bioc:stroke="#000" color:border-color="#fff">
      <dc:Bounds x="0" y="0" width="100" height="80"/>
    </bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>
"""


def test_what_other_modelers_add_conforms_to_the_schema_and_is_kept() -> None:
    root = parse(FOREIGN)
    assert schema_errors(root) == []
    kept = etree.tostring(root).decode()
    for added in ("camunda:formField", "flowable:executionListener", "signavioMetaData", "bioc:stroke", "historyTime"):
        assert added in kept


def test_what_other_modelers_add_is_a_note_for_each_of_them() -> None:
    notes = [finding for finding in lint({"p.bpmn": FOREIGN}, Registry()) if finding.rule == "foreign-extension"]
    assert {note.severity for note in notes} == {"note"}
    named = "".join(note.message for note in notes)
    for namespace in ("camunda.org", "flowable.org", "signavio.com", "bpmn.io"):
        assert namespace in named


def test_byte_order_mark_and_comments_are_harmless() -> None:
    root = parse(b"\xef\xbb\xbf" + FOREIGN.replace(b"<process ", b"<!-- -- no -->\n<process ".replace(b"-- no", b"no")))
    assert root.tag.endswith("definitions")
    assert list(root.iter(etree.Comment)) == []


def test_schema_error_has_the_line_of_the_element() -> None:
    root = parse(FOREIGN.replace(b'<userTask id="t"', b'\n\n<userTask nane="x" id="t"'))
    ((line, message),) = schema_errors(root)
    assert FOREIGN.split(b"<userTask")[0].count(b"\n") + 3 == line
    assert "nane" in message


def test_refusal_has_the_line() -> None:
    with pytest.raises(FileRefused, match="XML 写法不对") as refusal:
        parse(b"<a>\n<b>\n</a>")
    assert refusal.value.line == 3
