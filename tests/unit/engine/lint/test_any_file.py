"""Whatever a file has become on its way, lint answers with findings and never with an exception."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.lint import lint
from engine.registry import Registry

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*/*.bpmn"))
SMALL = [path.read_bytes() for path in FIXTURES if path.stat().st_size < 20_000 and path.parent.name != "readable-file"]
VALUES = st.sampled_from(
    ["", " ", "=", "=x", "-1", "0", "9" * 5_000, "true", "start", "end", "stage", "item", "all", "=("]
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A diagram of which some elements were removed, moved or doubled, and some attributes changed."""
    root = etree.fromstring(draw(st.sampled_from(SMALL)))
    for _ in range(draw(st.integers(1, 6))):
        elements = list(root.iter("*"))
        element = elements[draw(st.integers(0, len(elements) - 1))]
        deed = draw(st.sampled_from(["remove", "move", "attribute", "text", "no attribute", "rename"]))
        parent = element.getparent()
        if deed == "remove" and parent is not None:
            parent.remove(element)
        elif deed == "move" and parent is not None:
            other = elements[draw(st.integers(0, len(elements) - 1))]
            if element not in other.iterancestors() and other is not element:
                other.append(element)
        elif deed == "rename":
            element.tag = elements[draw(st.integers(0, len(elements) - 1))].tag
        elif deed == "text":
            element.text = draw(VALUES)
        elif element.attrib:
            name = draw(st.sampled_from(sorted(map(str, element.attrib))))
            if deed == "attribute":
                element.set(name, draw(VALUES))
            else:
                del element.attrib[name]
    return etree.tostring(root)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(damaged())
def test_damaged_diagram_gets_findings(content: bytes) -> None:
    for finding in lint({"a.bpmn": content, "b.bpmn": SMALL[0]}, Registry()):
        assert finding.file in ("a.bpmn", "b.bpmn")
        assert finding.message
        assert finding.mend


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=300), st.sampled_from(SMALL), st.integers(0, 3_000))
def test_damaged_bytes_get_findings(damage: bytes, content: bytes, position: int) -> None:
    lint({"a.bpmn": content[:position] + damage + content[position + 10 :]}, Registry())
