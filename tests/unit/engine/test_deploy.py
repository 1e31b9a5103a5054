"""Deploying: checked once, prepared once, shared by all instances."""

from __future__ import annotations

import pytest
from lxml import etree

from engine import DefinitionInvalid, Registry, Status, commands, deploy, tracing
from engine.definitions import prepare
from engine.happenings import ChildStarted
from tests.unit.engine.diagrams import call, diagram, end, process, start, throw, user
from tests.unit.engine.world import ROOT

DRAWING = "http://www.omg.org/spec/BPMN/20100524/DI"
BOUNDS = "http://www.omg.org/spec/DD/20100524/DC"
LINES = "http://www.omg.org/spec/DD/20100524/DI"
REGISTRY = Registry(roles=frozenset({"officer"}))


def drawn(content: bytes) -> bytes:
    """The diagram with a shape for each node and a line for each flow, as lint demands."""
    root = etree.fromstring(content)
    for each in root.findall("{*}process"):
        picture = etree.SubElement(root, f"{{{DRAWING}}}BPMNDiagram", id="picture")
        plane = etree.SubElement(picture, f"{{{DRAWING}}}BPMNPlane", id="plane", bpmnElement=each.get("id", ""))
        for node in [node for node in each.iterdescendants() if node.get("id")]:
            kind = "BPMNEdge" if node.get("sourceRef") else "BPMNShape"
            name = node.get("id", "")
            shape = etree.SubElement(plane, f"{{{DRAWING}}}{kind}", id=f"{name}_drawn", bpmnElement=name)
            if kind == "BPMNShape":
                etree.SubElement(shape, f"{{{BOUNDS}}}Bounds", x="0", y="0", width="9", height="9")
            else:
                for x in ("0", "9"):
                    etree.SubElement(shape, f"{{{LINES}}}waypoint", x=x, y="0")
    return etree.tostring(root)


def files(role: str = "officer") -> dict[str, bytes]:
    task = user("work", role=role, organisation="office").replace('id="work"', 'id="work" name="办理"')
    stage = process("main", start(), call("items", "item"), end(), flows="start > items > end", kind="stage")
    item = process("item", start(), task, end(), flows="start > work > end", kind="item")
    return {"main.bpmn": drawn(diagram(stage)), "item.bpmn": drawn(diagram(item))}


def test_processes_of_several_files_call_each_other() -> None:
    definitions = deploy(files(), REGISTRY)
    assert {name: each.kind for name, each in definitions.processes.items()} == {"main": "stage", "item": "item"}
    outcome = commands.start(definitions, {}, ROOT, "main", {})
    (started,) = (happening for happening in outcome.happenings if isinstance(happening, ChildStarted))
    assert (started.kind, started.child.release) == ("item", definitions.release)


def test_the_same_content_gives_the_same_object_in_whatever_order() -> None:
    content = files()
    backwards = dict(reversed(content.items()))
    assert deploy(content, REGISTRY) is deploy(backwards, REGISTRY)


def test_the_release_is_a_hash_of_names_and_contents() -> None:
    content = files()
    renamed = {f"other_{name}": value for name, value in content.items()}
    changed = {name: value.replace(b"work", b"worked") for name, value in content.items()}
    releases = [prepare(each).release for each in (content, dict(content), renamed, changed)]
    assert releases[0] == releases[1]
    assert len(set(releases)) == 3


def test_what_lint_finds_keeps_a_diagram_from_being_deployed() -> None:
    with pytest.raises(DefinitionInvalid) as refused:
        deploy(files(role="stranger"), REGISTRY)
    (finding,) = refused.value.findings
    assert (finding.rule, finding.file, finding.element_id) == ("known-role", "item.bpmn", "work")
    assert "stranger" in str(refused.value)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<a>", id="no XML"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', id="DTD"),
    ],
)
def test_bytes_that_are_no_diagram_are_refused_with_a_finding(content: bytes) -> None:
    with pytest.raises(DefinitionInvalid) as refused:
        deploy({"x.bpmn": content}, REGISTRY)
    assert refused.value.findings[0].file == "x.bpmn"


def test_an_element_that_lint_has_let_pass_and_nobody_executes_is_a_finding_of_its_own() -> None:
    content = diagram(process("main", start(), '<scriptTask id="evil"/>', end(), flows="start > evil > end"))
    with pytest.raises(DefinitionInvalid, match="scriptTask") as refused:
        prepare({"x.bpmn": content})
    assert refused.value.findings[0].rule == "parse"


def test_a_process_that_is_not_executable_is_not_offered() -> None:
    content = diagram(process("main", start(), end(), flows="start > end")).replace(b'"true"', b'"false"')
    assert prepare({"x.bpmn": content}).processes == {}


def test_a_long_diagram_is_prepared_and_run_without_recursion() -> None:
    names = [f"n{number}" for number in range(3_000)]
    flow = " > ".join(["start", *names, "end"])
    content = diagram(process("main", start(), *(throw(name) for name in names), end(), flows=flow))
    definitions = prepare({"long.bpmn": content})
    with tracing() as visited:
        (snapshot,) = commands.start(definitions, {}, ROOT, "main", {}).snapshots
    assert snapshot.status is Status.COMPLETED
    assert visited == ["start", *names, "end"]
